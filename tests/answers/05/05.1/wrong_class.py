# earns: Write `Say.as_asgi()`
# instead of:
    path("ws/say/<str:word>/<int:times>/", consumers.Say.as_asgi()),
# stands:
    path("ws/say/<str:word>/<int:times>/", consumers.Say),
