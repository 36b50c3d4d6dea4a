# earns: Write `<path:anything>`
# instead of:
    re_path(r"", consumers.Nobody.as_asgi()),
# stands:
    path("<str:anything>/", consumers.Nobody.as_asgi()),
