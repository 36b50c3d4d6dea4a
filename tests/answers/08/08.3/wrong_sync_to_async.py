# earns: minds the database's connections
# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
# stands:
            answer = await sync_to_async(ask)(message.removeprefix("/ask "))
# instead of:
from channels.generic.websocket import AsyncWebsocketConsumer
# stands:
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
