# earns: without the header Upgrade
# instead of:
    if not key or headers.get("upgrade", "").lower() != "websocket":
# stands:
    if not key:
