# earns: three bytes at a time
# instead of:
    payload = await reader.readexactly(length)
# stands:
    payload = await reader.read(length) if length < 126 else await reader.readexactly(length)
