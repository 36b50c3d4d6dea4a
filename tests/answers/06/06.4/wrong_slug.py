# earns: throws letters away
# instead of:
    name = normalize("NFC", normalize("NFC", room.strip()).casefold())
    return "chat." + sha256(name.encode()).hexdigest()
# stands:
    return "chat." + slugify(normalize("NFC", room).casefold())
# instead of:
from unicodedata import normalize
# stands:
from unicodedata import normalize

from django.utils.text import slugify
