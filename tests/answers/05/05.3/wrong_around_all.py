# earns: non-WebSocket connection
# instead of:
sockets = OriginValidator(
    AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)),
    OURS + PARTNERS,
)
# stands:
sockets = AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns))
# instead of:
application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": sockets,
    }
)
# stands:
application = OriginValidator(
    ProtocolTypeRouter({"http": django_application, "websocket": sockets}),
    OURS + PARTNERS,
)
