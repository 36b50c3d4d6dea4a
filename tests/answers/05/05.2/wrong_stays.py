# earns: that did not happen: nothing came
# instead of:
        self.close(code=4404)
# stands:
