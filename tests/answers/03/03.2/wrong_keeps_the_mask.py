# earns: it came back masked
# instead of:
    return first & 15, bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
# stands:
    return first & 15, payload
