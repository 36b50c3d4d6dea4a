# earns: Nothing should have come to bob
# instead of:
            self.send(json.dumps({"error": "The commands are say and me."}))
# stands:
            self.tell("error", "The commands are say and me.")
# instead of:
        event = {"type": "chat.message", "content": {"username": username, key: value}}
# stands:
        content = {key: value} if key == "error" else {"username": username, key: value}
        event = {"type": "chat.message", "content": content}
