# instead of:
    first, second = await reader.readexactly(2)
    length = second & 127
    if length > 125:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8))
    mask = await reader.readexactly(4)
    payload = await reader.readexactly(length)
    return first & 15, bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
# stands:
    first, length = struct.unpack("!BB", await reader.readexactly(2))
    length -= 128
    if extended := {126: "!H", 127: "!Q"}.get(length):
        (length,) = struct.unpack(extended, await reader.readexactly(struct.calcsize(extended)))
    mask, masked = await reader.readexactly(4), await reader.readexactly(length)
    key = int.from_bytes((mask * (length // 4 + 1))[:length])
    return first & 0b1111, (int.from_bytes(masked) ^ key).to_bytes(length)
# instead of:
    length = len(payload)
    if length < 126:
        head = bytes([128 | opcode, length])
    elif length < 2**16:
        head = bytes([128 | opcode, 126]) + length.to_bytes(2)
    else:
        head = bytes([128 | opcode, 127]) + length.to_bytes(8)
    return head + payload
# stands:
    size = len(payload)
    if size <= 125:
        return struct.pack("!BB", 0x80 + opcode, size) + payload
    if size <= 0xFFFF:
        return struct.pack("!BBH", 0x80 + opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 + opcode, 127, size) + payload
# instead of:
async def read_frame(reader):
# stands:
import struct


async def read_frame(reader):
