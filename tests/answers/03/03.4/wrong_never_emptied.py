# earns: After a message in pieces, a whole one should come back
# instead of:
            message = b""
# stands:
            pass
