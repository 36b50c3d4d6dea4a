# earns: differ in the part that is cut off
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + name.encode().hex()[:90]
