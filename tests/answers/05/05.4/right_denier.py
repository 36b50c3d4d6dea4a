# instead of:
class Guard:
# stands:
from channels.security.websocket import WebsocketDenier


class Guard:
# instead of:
        if not self.allowed(scope["user"]):
            await send({"type": "websocket.close"})
            return
        await self.application(scope, receive, send)
# stands:
        inside = self.application if self.allowed(scope["user"]) else WebsocketDenier.as_asgi()
        return await inside(scope, receive, send)
