# earns: before `accept()` there is no WebSocket
# instead of:
        self.accept()
        self.close(code=4404)
# stands:
        self.close(code=4404)
