"""An id for every request."""

import re

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import quoted

__all__ = ["task"]

_PATH = "config/asgi.py"
_SPECIFICATION = "https://asgi.readthedocs.io/en/latest/specs/www.html"
_NEW = re.compile(r"[0-9a-f]{32}")

task = Task(
    difficulty="hard",
    minutes=20,
    files=(_PATH,),
    hints=(
        "`by_hand.py` hands on a `send` of its own that prints. What would yours do, and with which event?",
        "Return an async function that makes the id, wraps `send`, and awaits `application` with a copy of the scope. "
        "Names and values of headers are bytes; the names of a request's are lower case.",
        'In `send_with_id(event)`: for "http.response.start", event = {**event, "headers": '
        '[*event.get("headers", []), (b"x-request-id", …)]}; then await send(event).',
    ),
)


@task.behaviour(points=2)
async def pages_have_it(trial: Trial) -> None:
    """A page is answered with the request's own id."""
    for path, status in (("/admin/login/", 200), (f"/{trial.word()}/", 404)):
        word = trial.word()
        answer = await trial.get(path, status=status, headers={"X-Request-ID": word})
        _expect_id(trial, answer.headers.get_list("x-request-id"), word)


@task.behaviour
async def others_stay(trial: Trial) -> None:
    """The answer's other headers stay as they were."""
    answer = await trial.get("/admin/login/")
    lost = [name for name in ("content-type", "x-frame-options") if name not in answer.headers]
    trial.expect(not lost, f"The page should have kept its headers; it has lost the header `{' '.join(lost)}`.")
    word = trial.word()
    made = await trial.post("/notices/", status=201, data={"text": word})
    trial.expect(made.json()["text"] == word, "A notice should have been put up.")


@task.behaviour
async def new_ones(trial: Trial) -> None:
    """Who brings none gets a new one, another each time."""
    given = [(await trial.get("/admin/login/")).headers.get("x-request-id", "") for _ in range(2)]
    for one in given:
        trial.expect(
            _NEW.fullmatch(one), f"Without an id, the answer should have had a new `uuid4().hex`; it had {quoted(one)}."
        )
    trial.expect(given[0] != given[1], f"Two requests should have had two ids; both have {quoted(given[0])}.")


@task.behaviour(points=2)
async def inside(trial: Trial) -> None:
    """What is inside reads it in its scope."""
    word = trial.word()
    async with trial.connect("/ws/id/", name="alice", headers={"X-Request-ID": word}) as alice:
        await alice.expect_text(word)
    async with trial.connect("/ws/id/", name="bob") as bob:
        new = str(await bob.receive())
        trial.expect(_NEW.fullmatch(new), f"Without an id, the scope should have had a new one; it had {quoted(new)}.")


def _expect_id(trial: Trial, found: list[str], word: str) -> None:
    if not found:
        trial.expect(False, f"The request brings {quoted(word)}; the answer has no `X-Request-ID`.")
    came = " and ".join(map(quoted, found))
    trial.expect(
        found == [word], f"The request brings {quoted(word)}; the answer has {came}, not the one that it brought."
    )


@task.mistake(page=f"{_SPECIFICATION}#http-connection-scope")
def capitals(evidence: Evidence) -> Said | None:
    """The request's header is asked for in capitals."""
    text = evidence.source.files.get(_PATH, "")
    found = re.search(r"b[\"']X-Request-I[dD][\"']\s*(?:\)|\]|,|in\b|==)", text)
    if not found or "brings" not in str(evidence.error):
        return None
    return Said(
        see="The request brings an id, and the answer has a new one.",
        why='Names in `scope["headers"]` are lower case, whatever the client writes: `b"x-request-id"`.',
        change="Ask for the name in lower case.",
        place=evidence.source.place(_PATH, text.count("\n", 0, found.start()) + 1),
    )


@task.mistake(page=f"{_SPECIFICATION}#response-start-send-event")
def text_headers(evidence: Evidence) -> Said | None:
    """A header's value is sent as text."""
    raised = evidence.raised(r"Header (name|value) .+ expected to be `bytes`")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`",
        why="Headers are bytes in ASGI, names and values.",
        change='Encode it: `request_id.encode("latin-1")`.',
        place=raised.place,
    )


@task.mistake
def made_once(evidence: Evidence) -> Said | None:
    """One id for all requests."""
    if "both have" not in str(evidence.error):
        return None
    return Said(
        see="Every request without an id gets the same one.",
        why="The id is made once, when the server starts: `with_request_id` is called once, what it returns is called "
        "for each request.",
        change="Call `uuid4()` inside the function that takes `scope`, `receive` and `send`.",
        place=next((call.place for call in evidence.source.calls("uuid4", _PATH)), None),
    )


@task.mistake
def never_awaited(evidence: Evidence) -> Said | None:
    """The application inside is called, and not awaited."""
    if not evidence.of("unawaited") or any(one.sent() for one in evidence.connections):
        return None
    return Said(
        see="No answer comes, and the log says that a coroutine was never awaited.",
        why="An ASGI application is an async function: calling it makes a coroutine, and `await` runs it.",
        change="Write `await` before the call of `application`.",
        place=next((call.place for call in evidence.source.calls("application", _PATH)), None),
    )


@task.mistake
def always_new(evidence: Evidence) -> Said | None:
    """The request's own id is not looked for."""
    looked = re.search(r"scope\[.headers.\]|scope\.get\(.headers", evidence.source.files.get(_PATH, ""))
    if looked or "brings" not in str(evidence.error) or "has no" in str(evidence.error):
        return None
    return Said(
        see="The request brings an id, and the answer has another.",
        why="Every request is given a new one, so as if it brought none.",
        change='Look into `scope["headers"]`, pairs of bytes, for `b"x-request-id"`; make a new one where it is not.',
    )
