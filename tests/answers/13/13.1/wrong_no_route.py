# earns: 404 came, for there is no route
# instead of:
    path("health/", health),
# stands:
    path("chat/health/", health),
