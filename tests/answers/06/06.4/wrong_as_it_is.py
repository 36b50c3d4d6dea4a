# earns: Group name must be
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    return "chat." + normalize("NFC", room.strip()).casefold()
