# earns: only clients mask
# instead of:
        head = bytes([128 | opcode, length])
# stands:
        mask = b"\x37\xfa\x21\x3d"
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        return bytes([128 | opcode, 128 | length]) + mask + masked
