# earns: told its client another one
# instead of:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now(UTC).isoformat()}
# stands:
        event = {"type": "chat.message", "username": username, "message": message}
# instead of:
        self.send(json.dumps({key: event[key] for key in ("username", "message", "at")}))
# stands:
        at = datetime.now(UTC).isoformat()
        self.send(json.dumps({"username": event["username"], "message": event["message"], "at": at}))
