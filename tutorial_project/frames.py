"""A WebSocket client by hand: the handshake, and frames."""

import asyncio

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # of RFC 6455, section 1.3


def request(port):
    """The bytes that ask for a WebSocket."""
    lines = [
        "GET / HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def knock(port):
    """Shake hands; return the two ends of the connection, and the answer."""
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(port))
        return reader, writer, await reader.readuntil(b"\r\n\r\n")


CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"  # of RFC 6455, section 5.7; a real client draws a new one for each frame


def frame(opcode, payload, fin=True, mask=MASK):
    """A frame of up to 125 bytes; without a mask where that is empty."""
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload)) if mask else payload
    return bytes([fin << 7 | opcode, bool(mask) << 7 | len(payload)]) + mask + masked


async def hear(reader):
    """The bytes of the next frame from a server, which has no mask."""
    async with asyncio.timeout(5):
        head = await reader.readexactly(2)
        return head + await reader.readexactly(head[1])


def port_of(server):
    """Where a server of asyncio or websockets listens."""
    return server.sockets[0].getsockname()[1]


async def tell(port, *data):
    """Shake hands, send the bytes, and return all that comes until the server hangs up, or how it did."""
    _, writer, _ = ends = await knock(port)
    writer.write(b"".join(data))
    try:
        async with asyncio.timeout(5):
            return await ends[0].read()
    except ConnectionResetError as error:
        return error
    finally:
        writer.close()
