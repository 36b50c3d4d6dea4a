# earns: it had ended with status 0, after `bob
# instead of:
                    if told.get("key") == unheard[0][0]:
# stands:
                    if told["message"] == unheard[0][1]:
