# instead of:
from channels.security.websocket import OriginValidator
# stands:
from urllib.parse import urlsplit
# instead of:
sockets = OriginValidator(
    AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)),
    OURS + PARTNERS,
)
# stands:
def only_from(application):
    async def guarded(scope, receive, send):
        origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
        if origin in PARTNERS or urlsplit(origin).hostname in OURS:
            return await application(scope, receive, send)
        await receive()
        await send({"type": "websocket.close"})

    return guarded


sockets = AuthMiddlewareStack(only_from(URLRouter(people.routing.websocket_urlpatterns)))
