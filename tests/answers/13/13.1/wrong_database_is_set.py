# earns: in `database` it is `true`, not `false`
# instead of:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
# stands:
    assert connection.settings_dict["NAME"]
