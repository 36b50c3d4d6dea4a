# earns: no text
# instead of:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now(UTC).isoformat()}
# stands:
        at = datetime.now(UTC).timestamp()
        event = {"type": "chat.message", "username": username, "message": message, "at": at}
