# earns: partner could not connect
# instead of:
from channels.security.websocket import OriginValidator
# stands:
from channels.security.websocket import AllowedHostsOriginValidator
# instead of:
sockets = OriginValidator(
    AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)),
    OURS + PARTNERS,
)
# stands:
sockets = AllowedHostsOriginValidator(
    AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)),
)
