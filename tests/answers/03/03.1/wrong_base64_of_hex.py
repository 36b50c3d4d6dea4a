# earns: base64 of the hexadecimal digits
# instead of:
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
# stands:
        f"Sec-WebSocket-Accept: {base64.b64encode(digest.hex().encode()).decode()}",
