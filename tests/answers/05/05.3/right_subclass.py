# instead of:
sockets = OriginValidator(
    AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)),
    OURS + PARTNERS,
)
# stands:
class OurPages(OriginValidator):
    def validate_origin(self, parsed_origin):
        return parsed_origin.geturl() in PARTNERS or parsed_origin.hostname in OURS


sockets = OurPages(AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)), [])
