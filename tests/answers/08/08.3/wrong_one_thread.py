# earns: a pool of one, or a lock
# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
# stands:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(POOL, ask, message.removeprefix("/ask "))
# instead of:
class ChatConsumer(AsyncWebsocketConsumer):
# stands:
POOL = ThreadPoolExecutor(1)


class ChatConsumer(AsyncWebsocketConsumer):
# instead of:
import socket

# stands:
import socket
from concurrent.futures import ThreadPoolExecutor
