# earns: never awaited
# instead of:
        await application({**scope, "request_id": request_id}, receive, send_with_id)
# stands:
        application({**scope, "request_id": request_id}, receive, send_with_id)
