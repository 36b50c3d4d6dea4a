# earns: nobody is to be kept from `/ws/who/`
# instead of:
    path("ws/who/<str:name>/", WhoAmI.as_asgi()),
# stands:
    path("ws/who/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_authenticated)),
