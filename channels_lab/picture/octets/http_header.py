"""What a header field says (RFC 9110, 9112), and those of a WebSocket's handshake (RFC 6455), checked."""

import base64
import binascii
import hashlib

__all__ = ["accept_for", "explained"]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

# name → meaning, and where it is defined. Those of the handshake's key have functions of their own, below.
_MEANINGS = {
    "host": ("which site is meant: one address may serve many", "RFC 9110 7.2"),
    "connection": ("about this connection alone, not for the next server behind it", "RFC 9110 7.6.1"),
    "upgrade": ("the protocol to go on with on this connection", "RFC 9110 7.8"),
    "origin": (
        "the site of the page that asks; a browser always says it, and a server should check it",
        "RFC 6455 10.2",
    ),
    "sec-websocket-protocol": ("subprotocols: the client offers some, the server names one", "RFC 6455 1.9"),
    "sec-websocket-extensions": ("extensions: the client offers some, the server takes some", "RFC 6455 9.1"),
    "content-length": ("how many bytes the body has", "RFC 9110 8.6"),
    "transfer-encoding": ("how the body is wrapped for the way; it stands instead of a length", "RFC 9112 6.1"),
    "content-type": ("what the body is", "RFC 9110 8.3"),
    "content-encoding": ("how the body is compressed", "RFC 9110 8.4"),
    "accept": ("what the client would like to get", "RFC 9110 12.5.1"),
    "accept-encoding": ("which compressions the client can undo", "RFC 9110 12.5.3"),
    "user-agent": ("which program asks", "RFC 9110 10.1.5"),
    "server": ("which program answers", "RFC 9110 10.2.4"),
    "date": ("when the answer was made", "RFC 9110 6.6.1"),
    "location": ("where to go instead", "RFC 9110 10.2.2"),
    "cookie": ("what this server has asked the client to bring along", "RFC 6265 4.2"),
    "set-cookie": ("to be brought along with later requests", "RFC 6265 4.1"),
    "cache-control": ("who may keep a copy, and how long", "RFC 9111 5.2"),
    "last-event-id": ("the last event that came before the stream broke", "https://html.spec.whatwg.org/"),
}


def accept_for(key: str) -> str:
    """The Sec-WebSocket-Accept for a Sec-WebSocket-Key: Base64 of the SHA-1 of key and GUID (RFC 6455 4.2.2)."""
    digest = hashlib.sha1(key.encode("utf-8", "surrogateescape") + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def explained(name: str, value: str, key: str | None = None) -> tuple[str, str]:
    """The meaning and the source of a header field; `key` is the Sec-WebSocket-Key of the request, for its answer."""
    name = name.lower()
    match name:
        case "sec-websocket-key":
            return _key(value), "RFC 6455 4.1"
        case "sec-websocket-accept":
            return _accept(value, key), "RFC 6455 4.2.2"
        case "sec-websocket-version":
            wrong = "" if value == "13" else "; the only one that is in use is 13"
            return f"the version of the WebSocket protocol{wrong}", "RFC 6455 4.1"
        case "content-type" if value.startswith("text/event-stream"):
            return "a stream of events: the body goes on as long as there is news", "https://html.spec.whatwg.org/"
        case "transfer-encoding" if value.lower() == "chunked":
            return "the body comes in chunks, each with its size before it", "RFC 9112 7.1"
    return _MEANINGS.get(name, ("", "RFC 9112 5"))


def _key(value: str) -> str:
    try:
        size = len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        return "should be 16 random bytes in Base64, and is no Base64"
    right = "16 random bytes in Base64, new for each connection: no secret"
    return right if size == 16 else f"should be 16 random bytes in Base64, and is {size}"


def _accept(value: str, key: str | None) -> str:
    if key is None:
        return "should be Base64(SHA-1(key + GUID)); the request's key is not here to compare"
    wanted = accept_for(key)
    if value != wanted:
        return f"does not fit the key: Base64(SHA-1(key + GUID)) is {wanted}"
    return "fits the key, being Base64(SHA-1(key + GUID)): the server speaks WebSocket"
