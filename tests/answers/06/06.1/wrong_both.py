# earns: `pong` is missing
"""The chat, the plain way: one consumer for each connection, one group for each room."""

import json

from asgiref.sync import async_to_sync
from channels.generic.websocket import WebsocketConsumer

from chat.messages import read_message
from chat.rooms import group_name


class ChatConsumer(WebsocketConsumer):
    def connect(self):
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        self.accept()

    def disconnect(self, code):
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)

    def receive(self, text_data=None, bytes_data=None):
        self.answered_ping(text_data)
        try:
            message = read_message(text_data)
        except ValueError as error:
            self.send(json.dumps({"error": str(error)}))
            return
        username = self.scope["user"].username or "guest"
        event = {"type": "chat.message", "username": username, "message": message}
        async_to_sync(self.channel_layer.group_send)(self.group, event)

    def answered_ping(self, text):
        try:
            number = json.loads(text)["ping"]
        except (TypeError, ValueError, KeyError):
            return False
        self.send(json.dumps({"pong": number}))
        return True

    def chat_message(self, event):
        self.send(json.dumps({"username": event["username"], "message": event["message"]}))
