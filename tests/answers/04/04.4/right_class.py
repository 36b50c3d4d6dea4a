# instead of:

    async def wrapped(scope, receive, send):
        given = dict(scope["headers"]).get(b"x-request-id")
        request_id = given.decode("latin-1") if given else uuid4().hex

        async def send_with_id(event):
            if event["type"] == "http.response.start":
                headers = [*event.get("headers", []), (b"x-request-id", request_id.encode("latin-1"))]
                event = {**event, "headers": headers}
            await send(event)

        await application({**scope, "request_id": request_id}, receive, send_with_id)

    return wrapped
# stands:
    return RequestId(application)


class RequestId:
    def __init__(self, inner):
        self.inner = inner

    async def __call__(self, scope, receive, send):
        found = [value for name, value in scope["headers"] if name == b"x-request-id"]
        name = found[0] if found else uuid4().hex.encode()

        def outgoing(event):
            if event["type"] == "http.response.start":
                event.setdefault("headers", [])
                event["headers"] = list(event["headers"]) + [[b"X-Request-ID", name]]
            return send(event)

        await self.inner(dict(scope, request_id=name.decode()), receive, outgoing)
