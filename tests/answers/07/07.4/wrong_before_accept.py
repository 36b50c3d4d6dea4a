# earns: there is no WebSocket yet
# instead of:
            self.accept()
            self.send(json.dumps({"error": "The chat is closed for a moment. Come again."}))
            self.close(COME_AGAIN)
# stands:
            self.close(COME_AGAIN)
