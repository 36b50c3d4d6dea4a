# earns: put into the room's group
# instead of:
        to = json.loads(text_data).get("to")
        if to is not None:
            if isinstance(to, str):
                event = {"type": "chat.whisper", "from": username, "message": message}
                async_to_sync(self.channel_layer.group_send)(person_group(to), event)
            else:
                self.send(json.dumps({"error": "Whom do you mean?"}))
            return
# stands:
        to = json.loads(text_data).get("to")
        if to is not None:
            if isinstance(to, str):
                event = {"type": "chat.whisper", "from": username, "message": message, "to": to}
                async_to_sync(self.channel_layer.group_send)(self.group, event)
            else:
                self.send(json.dumps({"error": "Whom do you mean?"}))
            return
# instead of:
    def chat_whisper(self, event):
        self.send(json.dumps({"from": event["from"], "whisper": event["message"]}))
# stands:
    def chat_whisper(self, event):
        if event["to"] == self.scope["user"].username:
            self.send(json.dumps({"from": event["from"], "whisper": event["message"]}))
