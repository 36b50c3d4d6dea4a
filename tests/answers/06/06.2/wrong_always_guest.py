# earns: in `came` it is `guest`
# instead of:
        event = {"type": kind, "username": self.scope["user"].username or "guest"}
# stands:
        event = {"type": kind, "username": "guest"}
