"""The examples of the RFCs themselves, byte for byte."""

__all__ = ["COMPRESSED", "FRAMES", "REQUEST", "RESPONSE"]

# RFC 6455, section 1.2 and 1.3.
REQUEST = (
    b"GET /chat HTTP/1.1\r\n"
    b"Host: server.example.com\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Origin: http://example.com\r\n"
    b"Sec-WebSocket-Protocol: chat, superchat\r\n"
    b"Sec-WebSocket-Version: 13\r\n"
    b"\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    b"Sec-WebSocket-Protocol: chat\r\n"
    b"\r\n"
)

# RFC 6455, section 5.7: bytes, direction, what the summary of the view says.
FRAMES = {
    "a single-frame unmasked text": ("810548656c6c6f", "received", ["text frame, 5 bytes: “Hello”"]),
    "a single-frame masked text": ("818537fa213d7f9f4d5158", "sent", ["text frame, 5 bytes: “Hello”"]),
    "a fragmented unmasked text": (
        "010348656c80026c6f",
        "received",
        ["text frame, first part, 3 bytes: “Hel”", "continuation frame, last part, 2 bytes: “lo”"],
    ),
    "an unmasked ping": ("890548656c6c6f", "received", ["ping frame, 5 bytes: “Hello”"]),
    "a masked pong": ("8a8537fa213d7f9f4d5158", "sent", ["pong frame, 5 bytes: “Hello”"]),
    "256 bytes of binary": ("827e0100" + "00" * 256, "received", ["binary frame, 256 bytes: 256 bytes of data"]),
    "64 KiB of binary": (
        "827f0000000000010000" + "00" * 65536,
        "received",
        ["binary frame, 65,536 bytes: 65,536 bytes of data"],
    ),
}

# RFC 7692, section 7.2.3: each stands for "Hello", the pairs for two of it, but for the fragments.
COMPRESSED = {
    "one block": ["c107f248cdc9c90700"],
    "two fragments": ["4103f248cd", "8004c9c90700"],
    "a shared window": ["c107f248cdc9c90700", "c105f200110000"],
    "no compression": ["c10b000500faff48656c6c6f00"],
    "the last block marked": ["c108f348cdc9c9070000"] * 2,
    "two blocks": ["c10df24805000000ffffcac9c90700"],
}
