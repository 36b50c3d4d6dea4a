"""Says something in a room: python speaker.py ws://127.0.0.1:8000 TEXT…"""

import json
import random
import secrets
import sys
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


class Speaker:
    def __init__(self, root, texts):
        self.root = root
        self.texts = {f"{place}-{secrets.token_hex(8)}": text for place, text in enumerate(texts)}
        self.seen = set()

    def talk(self):
        while self.texts:
            try:
                with connect(self.root + "/ws/rooms/") as self.socket:
                    self.send(command="join", room=1, after=max(self.seen, default=0))
                    self.say()
                    while self.texts:
                        self.hear(json.loads(self.socket.recv()))
            except (OSError, WebSocketException):
                time.sleep(random.uniform(0.05, 0.2))

    def hear(self, told):
        if told.get("msg_type") == 0 and told["id"] not in self.seen:
            self.seen.add(told["id"])
            print(told["username"] + ": " + told["message"], flush=True)
        if self.texts.pop(told.get("key"), None):
            self.say()

    def say(self):
        for key, text in list(self.texts.items())[:1]:
            self.send(command="send", room=1, message=text, key=key)

    def send(self, **command):
        self.socket.send(json.dumps(command))


root, *texts = sys.argv[1:]
Speaker(root, texts).talk()
