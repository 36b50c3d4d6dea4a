"""A consumer to look at: it tells what it finds in its scope, and leaves the rest to others."""

import json

from channels.generic.websocket import WebsocketConsumer


class WhoAmI(WebsocketConsumer):
    def connect(self):
        headers = dict(self.scope["headers"])
        answer = {
            "user": str(self.scope.get("user", "no user in the scope")),
            "kwargs": self.scope.get("url_route", {}).get("kwargs", "no route in the scope"),
            "origin": headers.get(b"origin", b"").decode(),
            "keys": list(self.scope),
        }
        self.accept()
        self.send(json.dumps(answer, ensure_ascii=False))
