# earns: When the pieces are more than 1000 bytes together
# instead of:
        if len(message) > MOST:
# stands:
        if len(payload) > MOST:
