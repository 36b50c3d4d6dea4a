# earns: invalid close code
# instead of:
            self.close(COME_AGAIN)
# stands:
            self.close(1013)
