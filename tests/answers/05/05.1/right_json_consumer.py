# instead of:
from channels.generic.websocket import WebsocketConsumer
# stands:
from channels.generic.websocket import JsonWebsocketConsumer, WebsocketConsumer
# instead of:
class Say(WebsocketConsumer):
    def connect(self):
        kwargs = self.scope["url_route"]["kwargs"]
        self.accept()
        self.send(json.dumps({"said": " ".join([kwargs["word"]] * kwargs["times"])}))
# stands:
class Say(JsonWebsocketConsumer):
    def connect(self):
        match self.scope["url_route"]["kwargs"]:
            case {"word": word, "times": times}:
                self.accept()
                self.send_json({"said": " ".join(word for _ in range(times))})
