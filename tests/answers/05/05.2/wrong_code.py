# earns: invalid close code 404
# instead of:
        self.close(code=4404)
# stands:
        self.close(code=404)
