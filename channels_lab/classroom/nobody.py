"""The consumer of an address that is nobody's: it refuses, instead of an error in the log."""

from channels.generic.websocket import AsyncWebsocketConsumer

__all__ = ["NobodyConsumer"]


class NobodyConsumer(AsyncWebsocketConsumer):
    """Refuses the handshake."""

    async def connect(self) -> None:
        await self.close()
