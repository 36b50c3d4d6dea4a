# earns: alice should have been refused
# instead of:
    path("ws/staff/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_staff)),
# stands:
    path("ws/staff/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_authenticated)),
