# earns: `self.send(…)` sent nothing
# instead of:
        await self.send(json.dumps({"typing": event["username"]}))
# stands:
        self.send(json.dumps({"typing": event["username"]}))
