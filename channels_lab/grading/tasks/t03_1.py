"""An answer to a key."""

import base64
import hashlib
import re

from channels_lab.grading.dial import request_for
from channels_lab.grading.streams_trial import StreamsTrial
from channels_lab.grading.task import Task
from channels_lab.grading.unmet import Unmet, quoted

__all__ = ["task"]

task = Task(
    kind="streams",
    difficulty="easy",
    minutes=15,
    files=("byhand.py",),
    hints=(
        "Which text is hashed, in which form is the digest sent, and how does a client see where the head ends?",
        "Key and GUID, one after the other, SHA-1, its bytes in base64. Four lines, each ended by \\r\\n, and an empty "
        "one. Look at the request before: without a key there is nothing to answer.",
        "digest = hashlib.sha1((key + GUID).encode()).digest(); base64.b64encode(digest).decode(); "
        '"\\r\\n".join([*lines, "", ""]).encode(), or b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n"',
    ),
)

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_EXAMPLE = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # the answer to the example's key: RFC 6455, section 1.3


def accept(data: bytes) -> str:
    """SHA-1 in base64."""
    return base64.b64encode(hashlib.sha1(data).digest()).decode()


def mistaken(key: str, found: str) -> str:
    """What a wrong answer to a key is, as a clause; "" where that is not known."""
    text = (key + _GUID).encode()
    known = {
        accept(key.encode()): "that is the digest of the key alone, without the GUID",
        accept(base64.b64decode(key) + _GUID.encode()): "for that the key was decoded; it is used as it comes",
        accept((_GUID + key).encode()): "there the GUID stands before the key; it belongs after it",
        hashlib.sha1(text).hexdigest(): "that is the digest in hexadecimal; base64 is wanted",
        base64.b64encode(hashlib.sha1(text).hexdigest().encode()).decode(): "that is base64 of the hexadecimal digits; "
        "the bytes of the digest are wanted",
        _EXAMPLE: "that is the answer to the key of the RFC's example, whatever the client sends",
    }
    return known.get(found, "")


@task.behaviour(points=2)
async def right_answer(trial: StreamsTrial) -> None:
    """A handshake is answered with 101 and the accept key that belongs to its key."""
    for _ in range(2):
        key = base64.b64encode(trial.random.randbytes(16)).decode()
        async with trial.dial() as ada:
            lines = await ada.head(request_for(trial.box.ports["main"], key))
        trial.expect(
            re.fullmatch(r"HTTP/1\.1 101(?: .*)?", lines[0]),
            f"the status line should be {quoted('HTTP/1.1 101 Switching Protocols')}; {quoted(lines[0])} came",
        )
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        wanted, found = accept((key + _GUID).encode()), headers.get("sec-websocket-accept", "")
        if found != wanted:
            said = mistaken(key, found)
            raise Unmet(
                f"To the key {quoted(key)} belongs {quoted('Sec-WebSocket-Accept: ' + wanted)}; "
                f"{quoted(found) if found else 'no such header'} came{': ' if said else ''}{said}."
            )


@task.behaviour
async def a_client_agrees(trial: StreamsTrial) -> None:
    """A real client agrees, and hears the greeting."""
    async with trial.connect("/", name="ada") as ada:
        await ada.expect_text("Hello")
        await ada.expect_close(1000)


@task.behaviour(points=2)
async def no_handshake(trial: StreamsTrial) -> None:
    """A request that has no key, or asks for no upgrade, is answered with 400."""
    key = base64.b64encode(trial.random.randbytes(16)).decode()
    missing = ["Sec-WebSocket-Key", "Upgrade"]
    trial.random.shuffle(missing)
    for name in missing:
        async with trial.dial(name="eve") as eve:
            lines = await eve.head(request_for(trial.box.ports["main"], key, without=name))
        trial.expect(
            re.fullmatch(r"HTTP/1\.1 400(?: .*)?", lines[0]),
            f"a request without the header {name} should be answered with "
            f"{quoted('HTTP/1.1 400 Bad Request')}; {quoted(lines[0])} came",
        )
