# earns: lives in one process
# instead of:
            event = {"type": "chat.roll", "reply_to": self.channel_name}
# stands:
            for name in ROOMS[self.group].values():
                self.send(json.dumps({"here": name}))
            return
# instead of:
class ChatConsumer(WebsocketConsumer):
# stands:
ROOMS = defaultdict(dict)


class ChatConsumer(WebsocketConsumer):
# instead of:
import json

# stands:
import json
from collections import defaultdict

# instead of:
        self.accept()
# stands:
        ROOMS[self.group][self.channel_name] = self.scope["user"].username or "guest"
        self.accept()
# instead of:
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)
# stands:
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)
        ROOMS[self.group].pop(self.channel_name, None)
