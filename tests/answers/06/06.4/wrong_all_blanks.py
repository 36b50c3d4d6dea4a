# earns: b' are two rooms
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    name = normalize("NFC", normalize("NFC", room.replace(" ", "")).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
