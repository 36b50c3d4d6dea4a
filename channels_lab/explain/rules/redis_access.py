"""Rules about a Redis that is there: its password, its databases, its end."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.layer_setting import layer_line
from channels_lab.explain.outcome import outcome

__all__: list[str] = []

_FROM_URL = "https://redis.readthedocs.io/en/stable/connections.html#redis.Redis.from_url"
_ERRORS = "https://redis.readthedocs.io/en/stable/exceptions.html#redis.exceptions.ConnectionError"


@rule("redis-password", page=_FROM_URL)
def redis_password(evidence: Evidence) -> Said | None:
    """Redis wants a password, or another one."""
    raised = evidence.raised(r"Authentication required|NOAUTH|WRONGPASS|invalid username-password pair")
    if not raised:
        return None
    wrong = "pair" in raised.text or "WRONGPASS" in raised.text
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="This Redis has a password (`requirepass`), and the URL in `hosts` "
        + ("gives another one." if wrong else "gives none."),
        change='Put the password into the URL, after a colon: `"redis://:PASSWORD@127.0.0.1:6379"`. Take it from the '
        "environment, so that it is not in the code.",
        place=layer_line(evidence.source, "hosts"),
    )


@rule("redis-database", page=_FROM_URL)
def redis_database(evidence: Evidence) -> Said | None:
    """The URL names a database that Redis has not."""
    raised = evidence.raised(r"DB index is out of range|invalid DB index")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="The number at the end of the URL, or after `db=`, picks a database of Redis. There are 16 by default, "
        "from 0 to 15.",
        change='Pick one of these, the same in every process: `"redis://127.0.0.1:6379/0"`.',
        place=layer_line(evidence.source, "hosts"),
    )


@rule("redis-gone", page=_ERRORS, instead_of=("redis-refused", "redis-no-socket"))
def redis_gone(evidence: Evidence) -> Said | None:
    """Redis ended while the layer was using it."""
    raised = evidence.raised(r"Connection closed by server|Error while reading from \S+|Connection lost")
    # Who was accepted has joined a group, or could have; who has got a message surely was served by Redis.
    worked = evidence.layer("receive") or any(one.sent("websocket.accept") for one in evidence.connections)
    if not raised or not worked:
        return None
    return Said(
        see=f"`{raised.text}` It had worked before; {outcome(evidence, raised)}.",
        why="Each consumer waits at Redis for its messages. Redis was stopped or started anew, so every one of these "
        "waits ended with an exception. Groups and messages in its memory are gone.",
        change="Start Redis again and let clients connect anew; a page should try again by itself after code 1011.",
        place=layer_line(evidence.source, "hosts"),
    )
