"""A token as text: which row, until when, and a signature that only our SECRET_KEY makes."""

import time

from django.core.signing import BadSignature, Signer

PREFIX = "labtoken"  # by which one that was lost is recognised
LONGEST = 500

# The salt keeps apart what this site signs elsewhere. Django's own ":" may not stand in a subprotocol.
signer = Signer(salt="tokens.signing", sep=".")


class Refused(Exception):
    """This lets nobody in; its text is a code."""


def text_of(token):
    told = {"id": token.id.hex, "expires": int(token.expires.timestamp())}  # in seconds; JavaScript has milliseconds
    return f"{PREFIX}.{signer.sign_object(told)}"


def read(text):
    """Return the id in a token; raises Refused. It needs no database."""
    if not isinstance(text, str) or len(text) > LONGEST or not text.startswith(f"{PREFIX}."):
        raise Refused("TOKEN_INVALID")
    try:
        told = signer.unsign_object(text.removeprefix(f"{PREFIX}."))
    except (BadSignature, ValueError):
        raise Refused("TOKEN_INVALID") from None
    if told["expires"] <= time.time():
        raise Refused("TOKEN_EXPIRED")
    return told["id"]
