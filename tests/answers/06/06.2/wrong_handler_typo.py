# earns: The nearest method is `chat_come`
"""The chat, the plain way: one consumer for each connection, one group for each room."""

import json

from asgiref.sync import async_to_sync
from channels.generic.websocket import WebsocketConsumer

from chat.messages import read_message
from chat.rooms import group_name


class ChatConsumer(WebsocketConsumer):
    def connect(self):
        self.username = self.scope["user"].username or "guest"
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
        async_to_sync(self.channel_layer.group_add)(self.group, self.channel_name)
        self.accept()
        self.tell("chat.came")

    def disconnect(self, code):
        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)
        self.tell("chat.went")

    def tell(self, kind, **more):
        event = {"type": kind, "username": self.username, **more}
        async_to_sync(self.channel_layer.group_send)(self.group, event)

    def receive(self, text_data=None, bytes_data=None):
        try:
            message = read_message(text_data)
        except ValueError as error:
            self.send(json.dumps({"error": str(error)}))
            return
        self.tell("chat.message", message=message)

    def chat_message(self, event):
        self.send(json.dumps({"username": event["username"], "message": event["message"]}))

    def chat_come(self, event):
        self.send(json.dumps({"came": event["username"]}))

    def chat_went(self, event):
        self.send(json.dumps({"went": event["username"]}))
