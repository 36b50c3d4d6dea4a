# earns: No handler for message type
# instead of:
    def chat_whisper(self, event):
        self.send(json.dumps({"from": event["from"], "whisper": event["message"]}))
# stands:
