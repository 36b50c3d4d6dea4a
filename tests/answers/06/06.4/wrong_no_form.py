# earns: the same letters in another form
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    return "chat." + sha256(room.strip().casefold().encode()).hexdigest()
