# earns: an empty expression fits any path
# instead of:
    re_path(r"", consumers.Nobody.as_asgi()),
# stands:
    re_path(r"^ws/", consumers.Nobody.as_asgi()),
