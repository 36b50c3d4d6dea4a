# instead of:
    key = headers.get("sec-websocket-key")
    if not key or headers.get("upgrade", "").lower() != "websocket":
        return b"HTTP/1.1 400 Bad Request\r\n\r\n"
    digest = hashlib.sha1((key + GUID).encode()).digest()
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
# stands:
    match headers:
        case {"upgrade": "websocket" | "WebSocket", "sec-websocket-key": key}:
            digest = hashlib.new("sha1", key.encode("ascii"))
            digest.update(GUID.encode("ascii"))
            accept = base64.standard_b64encode(digest.digest())
            return (
                b"HTTP/1.1 101 \r\nConnection: keep-alive, upgrade\r\nupgrade: websocket\r\nsec-websocket-accept:"
                + accept
                + b"\r\n\r\n"
            )
    return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\nConnection: close\r\n\r\nno handshake"
