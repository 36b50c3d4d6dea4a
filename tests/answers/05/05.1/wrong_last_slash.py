# earns: the path has a slash there, the route has none
# instead of:
    path("ws/say/<str:word>/<int:times>/", consumers.Say.as_asgi()),
# stands:
    path("ws/say/<str:word>/<int:times>", consumers.Say.as_asgi()),
