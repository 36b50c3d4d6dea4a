# earns: is an attribute of a user
# instead of:
    path("ws/members/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_authenticated)),
# stands:
    path("ws/members/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_authenticated())),
