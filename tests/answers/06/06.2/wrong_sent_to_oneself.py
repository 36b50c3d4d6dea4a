# earns: own client only
# instead of:
        self.tell("chat.came")
# stands:
        self.send(json.dumps({"came": self.scope["user"].username or "guest"}))
# instead of:
        self.tell("chat.went")
# stands:
        self.send(json.dumps({"went": self.scope["user"].username or "guest"}))
