# instead of:
from channels.generic.websocket import AsyncWebsocketConsumer
# stands:
from channels.generic.websocket import AsyncJsonWebsocketConsumer
# instead of:
class ChatConsumer(AsyncWebsocketConsumer):
# stands:
class ChatConsumer(AsyncJsonWebsocketConsumer):
# instead of:
        for event in await newest(self.room):
            await self.chat_message(event)
# stands:
        told = await newest(self.room)
        for event in told:
            await self.chat_message(event)
# instead of:
            await self.send(json.dumps({"error": str(error)}))
# stands:
            await self.send_json({"error": str(error)})
# instead of:
        await self.send(json.dumps({key: event[key] for key in ("id", "username", "message", "at")}))
# stands:
        await self.send_json({key: event[key] for key in ("id", "username", "message", "at")})
# instead of:
        await self.send(json.dumps({"typing": event["username"]}))
# stands:
        await self.send_json({"typing": event["username"]})
