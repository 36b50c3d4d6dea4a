# instead of:
from hashlib import sha256
# stands:
from hashlib import blake2b
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    name = normalize("NFKD", room.casefold()).strip()
    return f"room-{blake2b(name.encode(), digest_size=20).hexdigest()}"
