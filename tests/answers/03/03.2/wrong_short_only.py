# earns: A message of 126 bytes should come back
# instead of:
    if length > 125:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8))
# stands:

