"""permessage-deflate: what two sides agreed on about compression, and reading it back (RFC 7692)."""

import zlib

__all__ = ["Inflater", "agreed"]

_MOST = 64 * 1024
# A message ends where its last block was flushed; the sender leaves this off (RFC 7692, 7.2.1).
_TAIL = b"\x00\x00\xff\xff"


def agreed(extensions: str) -> dict[str, "Inflater"]:
    """The inflaters for "sent" and "received" bytes, as a Sec-WebSocket-Extensions header agrees; empty without it."""
    for extension in extensions.split(","):
        name, *parameters = [word.strip().lower() for word in extension.split(";")]
        if name == "permessage-deflate":
            words = {parameter.partition("=")[0].strip() for parameter in parameters}
            return {
                "sent": Inflater(takeover="client_no_context_takeover" not in words),
                "received": Inflater(takeover="server_no_context_takeover" not in words),
            }
    return {}


class Inflater:
    """Decompresses the messages of one direction, in order. With `takeover`, each builds on those before."""

    def __init__(self, takeover: bool = True) -> None:
        self._takeover = takeover
        self._lost = False
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)

    def inflate(self, data: bytes, last: bool) -> bytes | None:
        """The content of a frame's payload, None where it cannot be had; `last` is true for a message's last frame.

        At most 64 KiB come of one frame: a few bytes can stand for gigabytes. What is longer, or damaged, is lost,
        and so is what builds on it.
        """
        content = None if self._lost else self._next(data + _TAIL if last else data)
        self._lost = content is None
        if last and not self._takeover:
            self._lost = False
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return content

    def _next(self, data: bytes) -> bytes | None:
        if self._stream.eof:  # the sender marked a block as its last, and begins anew
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = self._stream.decompress(data, _MOST)
        except zlib.error:
            return None
        return content if len(content) < _MOST else None
