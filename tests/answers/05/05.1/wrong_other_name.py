# earns: KeyError: 'word'
# instead of:
    path("ws/say/<str:word>/<int:times>/", consumers.Say.as_asgi()),
# stands:
    path("ws/say/<str:text>/<int:times>/", consumers.Say.as_asgi()),
