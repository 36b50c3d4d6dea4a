# earns: Blanks at the ends
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    name = normalize("NFC", normalize("NFC", room).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
