# earns: Nothing closes the connection
# instead of:
            self.close(COME_AGAIN)
            return
# stands:
            return
