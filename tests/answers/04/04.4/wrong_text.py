# earns: Headers are bytes
# instead of:
                headers = [*event.get("headers", []), (b"x-request-id", request_id.encode("latin-1"))]
# stands:
                headers = [*event.get("headers", []), (b"x-request-id", request_id)]
