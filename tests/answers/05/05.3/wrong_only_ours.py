# earns: the names under which *this* site is found
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
