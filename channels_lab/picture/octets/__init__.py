"""The bytes of a connection, field by field: HTTP/1.1 and WebSocket."""
