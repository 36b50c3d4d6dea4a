# earns: first that it is full, then that it was taken
# instead of:
        else:
            self.send(json.dumps({"reported": True}))
# stands:
        self.send(json.dumps({"reported": True}))
