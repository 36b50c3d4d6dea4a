# instead of:
    re_path(r"", consumers.Nobody.as_asgi()),
# stands:
    path("", consumers.Nobody.as_asgi()),
    path("<path:anything>", consumers.Nobody.as_asgi()),
