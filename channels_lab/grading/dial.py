"""A dial: a TCP connection to a WebSocket server that somebody has written by hand, on which every byte is ours."""

import asyncio
import base64
import contextlib
from types import TracebackType
from typing import Self

from websockets.frames import Frame, Opcode

from channels_lab.grading.unmet import Unmet, quoted

__all__ = ["Dial", "Heard", "request_for"]

_SAY_SECONDS = 5
_MOST_LENGTH = 2**20
_NAMES = {0: "a continuation", 1: "a text", 2: "a binary", 8: "a close", 9: "a ping", 10: "a pong"}


class Heard:
    """A frame that came: its `opcode`, its `payload`, and whether it is the last piece, `fin`."""

    def __init__(self, opcode: int, payload: bytes, fin: bool) -> None:
        self.opcode, self.payload, self.fin = opcode, payload, fin

    def __str__(self) -> str:
        name = _NAMES.get(self.opcode, f"an unknown ({self.opcode})")
        if self.opcode == Opcode.CLOSE and len(self.payload) > 1:
            return f"a close frame with {int.from_bytes(self.payload[:2])}"
        told: str | bytes = self.payload
        if self.opcode == Opcode.TEXT:
            with contextlib.suppress(ValueError):
                told = self.payload.decode()
        return f"{name} frame{'' if self.fin else ' without FIN'}, {quoted(told)},"


class Dial:
    """A connection, in an `async with`. Whatever does not come in time, or is no frame, raises Unmet."""

    def __init__(self, port: int, *, name: str, patience: float) -> None:
        self.name = name
        self._port, self._patience = port, patience
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        try:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            raise Unmet(f"{self.name} should have been able to connect; {error.strerror}.") from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    async def say(self, data: bytes, *, apart: int = 0) -> None:
        """Send bytes; with `apart` so many at a time, as a slow network brings them."""
        with contextlib.suppress(ConnectionError):  # what comes, or not, says more
            async with asyncio.timeout(_SAY_SECONDS):
                for start in range(0, len(data), apart or len(data)):
                    self._writer.write(data[start : start + (apart or len(data))])
                    await self._writer.drain()
                    if apart:
                        await asyncio.sleep(0.005)

    def frame(self, opcode: int, payload: bytes, *, fin: bool = True) -> bytes:
        """A client's frame, masked, as bytes."""
        return Frame(Opcode(opcode), payload, fin).serialize(mask=True)

    async def head(self, request: bytes) -> list[str]:
        """Send a request and return the lines of the answer's head."""
        await self.say(request)
        wish = f"{self.name}'s request should have been answered with lines and an empty line, each ended by \\r\\n"
        try:
            async with asyncio.timeout(self._patience):
                head = await self._reader.readuntil(b"\r\n\r\n")
        except TimeoutError:
            # What has come is still there.
            came = await self._rest()
            raise Unmet(f"{wish}; {quoted(came) + ' came' if came else 'nothing came'}.") from None
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError) as error:
            came = getattr(error, "partial", b"").decode(errors="replace")
            raise Unmet(f"{wish}; {quoted(came) + ' came, and ' if came else ''}the server hung up.") from None
        return head.decode(errors="replace").split("\r\n")[:-2]

    async def shake(self) -> None:
        """Ask for a WebSocket, and be accepted."""
        key = base64.b64encode(bytes(16)).decode()
        lines = await self.head(request_for(self._port, key))
        if " 101" not in lines[0]:
            raise Unmet(f"The handshake should have been answered with 101; {quoted(lines[0])} came.")

    async def hear(self, wish: str) -> Heard:
        """The next frame from the server; `wish` says in errors what should have come."""
        try:
            async with asyncio.timeout(self._patience):
                first, second = await self._reader.readexactly(2)
                length = second & 127
                if length > 125:
                    length = int.from_bytes(await self._reader.readexactly(2 if length == 126 else 8))
                if second & 128:
                    raise Unmet(f"{wish}; a frame with a mask came: only clients mask.")
                if first & 0x70 or length > _MOST_LENGTH:
                    raise Unmet(f"{wish}; what came is no frame: it begins with {quoted(bytes([first, second]))}.")
                return Heard(first & 15, await self._reader.readexactly(length), bool(first & 128))
        except TimeoutError:
            raise Unmet(f"{wish}; nothing whole came for {self._patience:g} s.") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Unmet(f"{wish}; the server hung up.") from None

    async def expect(self, opcode: int, payload: bytes, wish: str) -> None:
        """The next frame is this one, whole."""
        heard = await self.hear(wish)
        if (heard.opcode, heard.payload, heard.fin) != (opcode, payload, True):
            raise Unmet(f"{wish}; {heard} came instead of {str(Heard(opcode, payload, True)).removesuffix(',')}.")

    async def expect_close(self, code: int, wish: str) -> None:
        """The next frame is a close with this code, whatever the reason; then the server hangs up."""
        heard = await self.hear(wish)
        if heard.opcode != Opcode.CLOSE or heard.payload[:2] != code.to_bytes(2):
            raise Unmet(f"{wish}; {heard} came instead of one with {code}.")
        await self.expect_end("After a close the server should hang up")

    async def expect_end(self, wish: str) -> None:
        """The server hangs up, and says nothing more."""
        try:
            async with asyncio.timeout(self._patience):
                more = await self._reader.read(100)
        except TimeoutError:
            raise Unmet(f"{wish}; for {self._patience:g} s the connection stayed open.") from None
        except ConnectionError:
            return
        if more:
            raise Unmet(f"{wish}; {quoted(more)} came instead.")

    async def _rest(self) -> str:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                return (await self._reader.read(1000)).decode(errors="replace")
        return ""


def request_for(port: int, key: str, without: str = "") -> bytes:
    """The bytes of a handshake; `without` one header."""
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    }
    told = [f"{name}: {value}" for name, value in lines.items() if name != without]
    return "\r\n".join(["GET / HTTP/1.1", *told, "", ""]).encode()
