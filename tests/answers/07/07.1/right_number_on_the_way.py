# instead of:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now(UTC).isoformat()}
# stands:
        at = datetime.now(UTC).timestamp()
        event = {"type": "chat.message", "username": username, "message": message, "at": at}
# instead of:
        self.send(json.dumps({key: event[key] for key in ("username", "message", "at")}))
# stands:
        at = datetime.fromtimestamp(event["at"], UTC).isoformat()
        self.send(json.dumps({"username": event["username"], "message": event["message"], "at": at}))
