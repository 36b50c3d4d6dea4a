# earns: Put something plain into the message
# instead of:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now(UTC).isoformat()}
# stands:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now(UTC)}
# instead of:
        self.send(json.dumps({key: event[key] for key in ("username", "message", "at")}))
# stands:
        told = {"username": event["username"], "message": event["message"], "at": str(event["at"])}
        self.send(json.dumps(told))
