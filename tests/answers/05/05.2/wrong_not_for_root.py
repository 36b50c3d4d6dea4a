# earns: one character at least
# instead of:
    re_path(r"", consumers.Nobody.as_asgi()),
# stands:
    path("<path:anything>", consumers.Nobody.as_asgi()),
