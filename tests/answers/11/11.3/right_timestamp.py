"""A door: it lets in who is logged in, and guests whom they have invited."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core import signing

SALT = "door.invitation"


class Sent(Exception):
    """Away with this guest."""


def read(text):
    try:
        by, seconds = signing.loads(text, salt=SALT)
        signing.loads(text, salt=SALT, max_age=seconds)
    except signing.SignatureExpired:
        raise Sent("INVITATION_EXPIRED") from None
    except Exception:
        raise Sent("INVITATION_INVALID") from None
    return by


class Door(AsyncJsonWebsocketConsumer):
    @classmethod
    async def decode_json(cls, text_data):
        try:
            return await super().decode_json(text_data)
        except ValueError:
            return None

    async def connect(self):
        user = self.scope["user"]
        self.told = {"you": user.username, "by": "token" if "token" in self.scope else "session"}
        if not user.is_authenticated:
            self.told = None
        await self.accept()
        if self.told:
            await self.send_json(self.told)

    async def receive_json(self, content):
        content = content if isinstance(content, dict) else {}
        if self.scope["user"].is_authenticated and isinstance(content.get("invite"), (int, float)):
            text = signing.dumps([self.scope["user"].username, content["invite"]], salt=SALT)
            return await self.send_json({"invitation": text})
        try:
            if self.told is None:
                self.told = {"you": "guest", "by": read(content.get("invitation"))}
        except Sent as sent:
            await self.send_json({"error": str(sent)})
            return await self.close(4001)
        await self.send_json(self.told)
