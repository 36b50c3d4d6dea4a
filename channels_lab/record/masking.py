"""Masking: a record is kept and a notebook is saved, so no token or session key stands in one."""

import re

__all__ = ["covered", "masked"]

# The chapters' tokens begin with a word of their own, by which one is recognised wherever it stands.
_MARK = "labtoken."
_TOKEN = re.compile(r"(labtoken\.)[\w.-]+", re.ASCII)
_SECRET = re.compile(rb"(labtoken\.|sessionid=)([\w.-]+)")


def masked(text: str) -> str:
    """The text with "…" in place of what follows a token's first word."""
    return _TOKEN.sub(r"\1…", text) if _MARK in text else text


def covered(data: bytes) -> bytes:
    """The bytes, as many as before, with stars in place of tokens and of the keys of sessions."""
    return _SECRET.sub(lambda found: found[1] + b"*" * len(found[2]), data)
