# earns: is an object like any other
# instead of:
    path("ws/members/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_authenticated)),
# stands:
    path("ws/members/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user)),
