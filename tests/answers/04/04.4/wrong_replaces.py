# earns: lost the header
# instead of:
                headers = [*event.get("headers", []), (b"x-request-id", request_id.encode("latin-1"))]
# stands:
                headers = [(b"x-request-id", request_id.encode("latin-1"))]
