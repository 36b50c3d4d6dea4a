# earns: fits the empty path only
# instead of:
    re_path(r"", consumers.Nobody.as_asgi()),
# stands:
    path("", consumers.Nobody.as_asgi()),
