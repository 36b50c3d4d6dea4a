# earns: should say its zone
# instead of:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now(UTC).isoformat()}
# stands:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now().isoformat()}
