# earns: whispers are said aloud, too
# instead of:
                self.send(json.dumps({"error": "Whom do you mean?"}))
            return
# stands:
                self.send(json.dumps({"error": "Whom do you mean?"}))
                return
