# earns: look-alike
# instead of:
sockets = OriginValidator(
    AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)),
    OURS + PARTNERS,
)
# stands:
class OurPages(OriginValidator):
    def validate_origin(self, parsed_origin):
        page = parsed_origin.geturl()
        return page.startswith("https://radio.example") or parsed_origin.hostname in OURS


sockets = OurPages(AuthMiddlewareStack(URLRouter(people.routing.websocket_urlpatterns)), OURS)
