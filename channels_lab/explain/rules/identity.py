"""Rules about who is there: user, session, cookies, and what a view has and a consumer has not."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.lookup import lookups

__all__: list[str] = []

_AUTH = "https://channels.readthedocs.io/en/stable/topics/authentication.html#django-authentication"
_SESSIONS = "https://channels.readthedocs.io/en/stable/topics/sessions.html#basic-usage"
_SCOPE = "https://channels.readthedocs.io/en/stable/topics/consumers.html#scope"
_USER = "https://docs.djangoproject.com/en/stable/ref/contrib/auth/#django.contrib.auth.models.User.is_authenticated"
_STACK = "`AuthMiddlewareStack(URLRouter(websocket_urlpatterns))`"
# What puts a key into the scope.
_FROM = {"user": "AuthMiddleware", "session": "SessionMiddleware", "cookies": "CookieMiddleware"}
# What a view finds in self or self.request, and where a consumer finds it.
_IN_VIEWS = {
    "request": 'self.scope["user"]` for the user, `self.scope["path"]`, `self.scope["headers"]',
    "user": 'self.scope["user"]',
    "session": 'self.scope["session"]',
    "kwargs": 'self.scope["url_route"]["kwargs"]',
    "args": 'self.scope["url_route"]["args"]',
    "path": 'self.scope["path"]',
    "headers": 'self.scope["headers"]',
    "COOKIES": 'self.scope["cookies"]',
    "GET": 'parse_qs(self.scope["query_string"].decode())',
    "META": 'self.scope["headers"]',
}


@rule("no-auth-stack", page=_AUTH)
def no_auth_stack(evidence: Evidence) -> Said | None:
    """The scope has no user, session or cookies: the middleware is not there."""
    raised = evidence.raised(r"KeyError: '(user|session|cookies)'")
    connection = evidence.connection_of(raised)
    if not raised or not connection or _FROM[raised.match[1]] in connection.through:
        return None
    key = raised.match[1]
    if all(one.owner not in ("self.scope", "scope") for one in lookups(evidence.source, raised.place, key)):
        return None
    places = evidence.source.calls("URLRouter", evidence.source.asgi_path) if evidence.source.asgi_path else []
    where = f" ({places[0].place.path}:{places[0].place.line})" if places else ""
    return Said(
        see=f"`{raised.text}`; the connection ended.",
        why=f'`scope["{key}"]` is put there by `{_FROM[key]}`, and this connection came only through '
        f"{' → '.join(connection.through)}. Django's own MIDDLEWARE serves HTTP and does nothing here.",
        change=f"Wrap the router{where}: {_STACK}, from `channels.auth`. Whoever is not logged "
        "in is then an `AnonymousUser`.",
        place=raised.place,
    )


@rule("auth-without-session", page=_AUTH)
def auth_without_session(evidence: Evidence) -> Said | None:
    """AuthMiddleware, login or logout find no session."""
    raised = evidence.raised(r"cannot find session in scope|Cannot find session in scope")
    if not raised:
        return None
    calls = evidence.source.calls("AuthMiddleware", evidence.source.asgi_path) if evidence.source.asgi_path else []
    return Said(
        see=f"`{raised.text}`; the connection ended.",
        why="Who somebody is stands in the session, the session's key in a cookie. `AuthMiddleware` needs "
        "`SessionMiddleware` around it, and that needs `CookieMiddleware`.",
        change=f"Use the three in one: {_STACK}, from `channels.auth`.",
        place=raised.place or (calls[0].place if calls else None),
    )


@rule("session-without-cookies", page=_SESSIONS)
def session_without_cookies(evidence: Evidence) -> Said | None:
    """SessionMiddleware finds no cookies."""
    raised = evidence.raised(r"No cookies in scope - SessionMiddleware")
    if not raised:
        return None
    calls = evidence.source.calls("SessionMiddleware", evidence.source.asgi_path) if evidence.source.asgi_path else []
    return Said(
        see=f"`{raised.text}`; the handshake got HTTP 500.",
        why="`SessionMiddleware` reads the session's key from a cookie, and `CookieMiddleware`, which takes "
        "the cookies out of the headers, does not stand around it.",
        change="Use both in one: `SessionMiddlewareStack(…)` from `channels.sessions`; with the user, "
        "`AuthMiddlewareStack(…)`.",
        place=calls[0].place if calls else None,
    )


@rule("view-habit", page=_SCOPE, instead_of=("attribute-not-set",))
def view_habit(evidence: Evidence) -> Said | None:
    """A consumer is asked for what views have: `self.request`, `self.user`."""
    raised = evidence.raised(rf"'(\w+)' object has no attribute '({'|'.join(_IN_VIEWS)})'")
    for consumer in evidence.source.consumers(raised.match[1]) if raised else ():
        name = raised.match[2] if raised else ""
        if raised and not _assigned(evidence, consumer.path, name):
            return Said(
                see=f"`{raised.text}`; the connection ended.",
                why="A consumer is no view and has no request: one consumer serves a connection for as long as "
                "that lasts. What is known of the connection is in `self.scope`.",
                change=f"Write `{_IN_VIEWS[name]}`.",
                place=raised.place,
            )
    return None


def _assigned(evidence: Evidence, path: str, name: str) -> bool:
    """Whether some line of a file sets `self.NAME`: then it is a matter of order."""
    lines = evidence.source.files.get(path, "")
    return f"self.{name} =" in lines


@rule("scope-is-a-dict", page=_SCOPE)
def scope_is_a_dict(evidence: Evidence) -> Said | None:
    """`self.scope.user`: the scope's parts are keys, not attributes."""
    raised = evidence.raised(r"'dict' object has no attribute '(\w+)'")
    owners = [one.owner for one in lookups(evidence.source, raised.place, raised.match[1])] if raised else []
    if not raised or not any(owner in ("self.scope", "scope") for owner in owners):
        return None
    return Said(
        see=f"`{raised.text}`; the connection ended.",
        why="The scope is a dict: its parts are found by key. The dot finds methods and attributes.",
        change=f'Write `self.scope["{raised.match[1]}"]`.',
        place=raised.place,
    )


@rule("is-authenticated-called", page=_USER)
def is_authenticated_called(evidence: Evidence) -> Said | None:
    """`is_authenticated()`: it is an attribute."""
    raised = evidence.raised(r"'bool' object is not callable")
    found = lookups(evidence.source, raised.place) if raised else []
    name = next((one.key for one in found if one.key in ("is_authenticated", "is_anonymous", "is_staff")), "")
    if not raised or not name:
        return None
    return Said(
        see=f"`{raised.text}`.",
        why=f"`{name}` is an attribute of a user, `True` or `False`. Parentheses call that value. (Before Django 2.0 "
        "it could be called: old articles do so.)",
        change=f'Write it without parentheses: `self.scope["user"].{name}`.',
        place=raised.place,
    )
