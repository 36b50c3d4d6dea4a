# earns: KeyError: 'request_id'
# instead of:
        await application({**scope, "request_id": request_id}, receive, send_with_id)
# stands:
        await application(scope, receive, send_with_id)
