# earns: made once, when the server starts
# instead of:

    async def wrapped(scope, receive, send):
        given = dict(scope["headers"]).get(b"x-request-id")
        request_id = given.decode("latin-1") if given else uuid4().hex
# stands:
    new = uuid4().hex

    async def wrapped(scope, receive, send):
        given = dict(scope["headers"]).get(b"x-request-id")
        request_id = given.decode("latin-1") if given else new
