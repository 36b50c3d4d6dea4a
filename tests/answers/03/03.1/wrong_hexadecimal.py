# earns: the digest in hexadecimal
# instead of:
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
# stands:
        f"Sec-WebSocket-Accept: {digest.hex()}",
