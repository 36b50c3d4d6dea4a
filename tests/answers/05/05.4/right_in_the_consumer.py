# instead of:
from people.guards import Guard
# stands:
from people.guards import Members, Staff
# instead of:
    path("ws/members/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_authenticated)),
    path("ws/staff/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_staff)),
# stands:
    path("ws/members/<str:name>/", Members.as_asgi()),
    path("ws/staff/<str:name>/", Staff.as_asgi()),
# instead of:
class Guard:
    """Lets a connection through to `application` where `allowed(user)` is true; refuses it otherwise."""

    def __init__(self, application, allowed):
        self.application = application
        self.allowed = allowed

    async def __call__(self, scope, receive, send):
        if not self.allowed(scope["user"]):
            await send({"type": "websocket.close"})
            return
        await self.application(scope, receive, send)
# stands:
from people.consumers import WhoAmI


class Members(WhoAmI):
    def may(self, user):
        return not user.is_anonymous

    def connect(self):
        if self.may(self.scope["user"]):
            super().connect()
        else:
            self.close()


class Staff(Members):
    def may(self, user):
        return user.is_staff
