"""A door: it lets in the staff, and tells them who they are, as often as they ask."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Door(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.accept()
        if why := self.why_not():
            error, code = why
            await self.send_json({"error": error})
            await self.close(code=code)
        else:
            await self.receive()

    def why_not(self):
        match self.scope["user"]:
            case user if user.is_staff:
                return None
            case user if user.is_authenticated:
                return "STAFF_ONLY", 4003
            case _:
                return "USER_HAS_TO_LOGIN", 4001

    async def receive(self, text_data=None, bytes_data=None):
        by = "token" if self.scope.get("token") else "session"
        await self.send_json({"you": self.scope["user"].username, "by": by})
