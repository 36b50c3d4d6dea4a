# earns: KeyError: 'command'
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
            message = read_message(text_data)
        except ValueError as error:
            self.send(json.dumps({"error": str(error)}))
            return
        command = json.loads(text_data)["command"]
        if command in ("say", "me"):
            self.tell(KEYS[command], message)
        else:
            self.send(json.dumps({"error": "What?"}))
