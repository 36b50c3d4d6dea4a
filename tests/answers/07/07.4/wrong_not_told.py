# earns: the connection was closed with 4013
# instead of:
            self.send(json.dumps({"error": "The chat is closed for a moment. Come again."}))
# stands:
