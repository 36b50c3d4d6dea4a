# earns: in no way a text
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
            content = json.loads(text_data)
            self.tell(KEYS[content["command"]], content["message"])
        except (KeyError, TypeError, ValueError):
            self.send(json.dumps({"error": "What?"}))
