# earns: Names in `scope["headers"]` are lower case
# instead of:
        given = dict(scope["headers"]).get(b"x-request-id")
# stands:
        given = dict(scope["headers"]).get(b"X-Request-ID")
