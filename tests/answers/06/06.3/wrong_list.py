# earns: decoded, it is a `
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
            self.send(json.dumps({"error": "JSON, please."}))
            return
        key, message = KEYS.get(content.get("command")), content.get("message")
        if key and isinstance(message, str) and message.strip():
            self.tell(key, message)
        else:
            self.send(json.dumps({"error": "A command, please."}))
