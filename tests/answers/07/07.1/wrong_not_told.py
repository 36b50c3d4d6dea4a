# earns: `at` is missing.
# instead of:
        self.send(json.dumps({key: event[key] for key in ("username", "message", "at")}))
# stands:
        self.send(json.dumps({key: event[key] for key in ("username", "message")}))
