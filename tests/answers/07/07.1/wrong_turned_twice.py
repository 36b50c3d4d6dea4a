# earns: Turn it once
# instead of:
        self.send(json.dumps({key: event[key] for key in ("username", "message", "at")}))
# stands:
        told = {"username": event["username"], "message": event["message"], "at": event["at"].isoformat()}
        self.send(json.dumps(told))
