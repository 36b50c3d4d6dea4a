# instead of:
    def receive(self, text_data=None, bytes_data=None):
        try:
            message = read_message(text_data)
            key = KEYS[json.loads(text_data)["command"]]
        except ValueError as error:
            self.send(json.dumps({"error": str(error)}))
        except (KeyError, TypeError):
            self.send(json.dumps({"error": "The commands are say and me."}))
        else:
            self.tell(key, message)
# stands:
    def receive(self, text_data=None, bytes_data=None):
        try:
            content = json.loads(text_data or "")
        except ValueError:
            content = None
        match content:
            case {"command": "say", "message": str(text)} if text.strip():
                self.tell("message", text)
            case {"command": "me", "message": str(text)} if text.strip():
                self.tell("action", text)
            case _:
                self.send(json.dumps({"error": "I do not understand."}))
