# earns: in `pong` it is `1`, not
# instead of:
        self.send(json.dumps({"pong": number}))
# stands:
        self.send(json.dumps({"pong": 1}))
