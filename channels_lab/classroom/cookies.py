"""Who looks at the board: the leader by the key, a guest by the code. Either is exchanged for a signed cookie."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

__all__ = ["GUEST", "LEADER", "give", "role_of"]

LEADER, GUEST = "leader", "guest"
_SIGNER = "channels_lab.classroom.cookies"
_SECONDS = 30 * 24 * 3600


def role_of(cookies: dict[str, str]) -> str:
    """The role that the cookies prove; "" for none."""
    try:
        # The room's secret signs it: a cookie of another room proves nothing here.
        return str(signing.loads(cookies.get(_name(), ""), salt=_SIGNER, max_age=_SECONDS))
    except signing.BadSignature:
        return ""


def give(request: HttpRequest, response: HttpResponse, role: str) -> HttpResponse:
    """Let the response carry the cookie of a role."""
    response.set_cookie(
        _name(),
        signing.dumps(role, salt=_SIGNER),
        max_age=_SECONDS,
        path=None,  # the page's folder, below whichever path this browser finds us
        secure=request.headers.get("X-Forwarded-Proto") == "https",
        httponly=True,
        samesite="Lax",
    )
    return response


def _name() -> str:
    """The cookie's name: browsers do not tell ports apart, and there may be two rooms on one machine."""
    return f"classroom-{settings.ROOM.code}"
