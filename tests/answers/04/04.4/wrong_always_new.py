# earns: so as if it brought none
# instead of:
        given = dict(scope["headers"]).get(b"x-request-id")
# stands:
# instead of:
        request_id = given.decode("latin-1") if given else uuid4().hex
# stands:
        request_id = uuid4().hex
