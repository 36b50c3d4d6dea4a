# earns: `pong` is missing
# instead of:
        if self.answered_ping(text_data):
            return
# stands:
        self.answered_ping(text_data)
