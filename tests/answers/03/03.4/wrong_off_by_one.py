# earns: A message of just 1000 bytes should come back
# instead of:
        if len(message) > MOST:
# stands:
        if len(message) >= MOST:
