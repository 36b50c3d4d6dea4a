# earns: reads `type`, `username` and `text`
# instead of:
        event = {"type": "report", "username": username, "text": text}
# stands:
        event = {"type": "report", "text": text}
