"""A WebSocket client that costs next to nothing: it counts frames, and takes the time from the text in them."""

import asyncio
from collections.abc import Callable, Iterator

__all__ = ["Listener"]

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Listener(asyncio.Protocol):
    """One client: shakes hands, enters by saying `join`, and hands the payload of each later text frame to `hear`.

    `entered` is done when it is in, or fails with ConnectionError.
    """

    def __init__(self, port: int, path: str, join: str, cookie: str, hear: Callable[[bytes], None]) -> None:
        self.entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = False
        self._join, self._hear = join, hear
        self._upgraded = False
        self._rest = b""
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            f"Origin: http://127.0.0.1:{port}",
            *([f"Cookie: {cookie}"] if cookie else []),
        ]
        self._request = "\r\n".join([*lines, "", ""]).encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take the answer to the handshake, then frames."""
        data = self._rest + data if self._rest else data
        if not self._upgraded:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            self._upgrade(head.split(b"\r\n")[0].decode(errors="replace"))
        for code, payload in self._frames(data):
            if code == _TEXT:
                if self.entered.done():
                    self._hear(payload)
                else:
                    self._enter(payload)
            elif code == _PING:
                self.send(payload, _PONG)
            elif code == _CLOSE:
                self._fail(f"closed with code {int.from_bytes(payload[:2])}")

    def _upgrade(self, answer: str) -> None:
        if " 101 " not in answer:
            self._fail(answer)
            return
        self._upgraded = True
        if self._join:
            self.send(self._join.encode())
        else:
            self.entered.set_result(None)

    def _enter(self, answer: bytes) -> None:
        """The first answer says whether it is in."""
        if b'"error"' in answer:
            self._fail(answer.decode(errors="replace"))
        else:
            self.entered.set_result(None)

    def _frames(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The whole frames in `data`; what is left waits for more."""
        at = 0
        while len(data) - at >= 2:
            size, begin = data[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif size == 127:
                size, begin = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if len(data) < begin + size or begin > len(data):
                break
            yield data[at] & 15, data[begin : begin + size]
            at = begin + size
        self._rest = data[at:]

    def send(self, payload: bytes, code: int = _TEXT) -> None:
        """Send a frame, masked with zeros: that is a mask, and costs nothing."""
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + size.to_bytes(2)
        self._transport.write(bytes([128 | code]) + length + bytes(4) + payload)

    def connection_lost(self, error: Exception | None) -> None:
        """Who is cut off is not in any more."""
        self._fail("cut off")

    def _fail(self, why: str) -> None:
        self.lost = True
        if not self.entered.done():
            self.entered.set_exception(ConnectionError(why))

    def close(self) -> None:
        """Go, without ceremony."""
        self._transport.abort()
