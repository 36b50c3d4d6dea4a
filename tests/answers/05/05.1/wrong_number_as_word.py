# earns: no route may fit
# instead of:
    path("ws/say/<str:word>/<int:times>/", consumers.Say.as_asgi()),
# stands:
    path("ws/say/<str:word>/<str:times>/", consumers.Say.as_asgi()),
# instead of:
        kwargs = self.scope["url_route"]["kwargs"]
# stands:
        kwargs = dict(self.scope["url_route"]["kwargs"])
        kwargs["times"] = int(kwargs["times"]) if kwargs["times"].isdecimal() else 1
