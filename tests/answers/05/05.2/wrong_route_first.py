# earns: The first route that fits wins
# instead of:
    re_path(r"", consumers.Nobody.as_asgi()),
# stands:
# instead of:
    path("ws/who/<int:number>/", WhoAmI.as_asgi()),
# stands:
    re_path(r"", consumers.Nobody.as_asgi()),
    path("ws/who/<int:number>/", WhoAmI.as_asgi()),
