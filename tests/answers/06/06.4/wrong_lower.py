# earns: `ß` is a small letter already
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    name = normalize("NFC", normalize("NFC", room.strip()).lower())
    return "chat." + sha256(name.encode()).hexdigest()
