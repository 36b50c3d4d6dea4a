# earns: the status line should be
# instead of:
        "HTTP/1.1 101 Switching Protocols",
# stands:
        "HTTP/1.1 200 OK",
