"""Answers over HTTP as behaviours see them: bodies, and answers that do not end, line by line and event by event."""

from channels_lab.course.course import Course
from channels_lab.grading.judge import judge
from channels_lab.grading.task import Task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.trial import Trial
from channels_lab.running.warmstart import WarmStart

VIEWS = """
import json
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

async def told(lines):
    for line in lines:
        yield line

def stream(request):
    lines = {
        "json": ["\\n", '{"id": 1}\\n'],
        "text": ["hello\\n"],
        "events": [
            ": hi\\n\\nretry: 1000\\n\\n",
            'event: urgent\\nid:7\\ndata: {"a":\\ndata: 1}\\n\\n',
            'data: {"a": 2}\\n\\ndata: 3\\n',
        ],
    }[request.GET["what"]]
    return StreamingHttpResponse(told(lines))

urlpatterns = [
    path("stream/", stream),
    path("json/", lambda request: HttpResponse('{"a": 1, "b": 2}', status=201)),
    path("text/", lambda request: HttpResponse("hello")),
    path("empty/", lambda request: HttpResponse("")),
]
"""

SAID = {
    "passes": "",
    "status": "HEAD /json/ should have been answered with 200; 201 came.",
    "differs": 'GET /json/ should have been answered with `{"a": 2, "b": 2}`; `{"a": 1, "b": 2}` came: in `a` it is '
    "`1`, not `2`.",
    "no_json": "GET /text/ should have been answered with `{}`; `hello` came, which is no JSON.",
    "nothing": "GET /empty/ should have been answered with `{}`; nothing came, which is no JSON.",
    "not_there": "GET /nowhere/ should have been answered with 200; 404 came.",
    "over": 'ada should have received `{"id": 2}`; the answer had ended.',
    "another": 'ada should have received `{"id": 2}`; `{"id": 1}` came: in `id` it is `1`, not `2`.',
    "line": "ada should have received `{}`; `hello` came, which is no JSON.",
    "no_id": 'The event with the data `{"a": 2}` should have `id: 8`; it has no id.',
    "another_id": "should have `id: 8`; it has `id: 7`.",
    "another_kind": "should name no event; it has `event: urgent`.",
    "unfinished": "lines came, but no empty line that ends the event.",
}


async def test_bodies_and_streams(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """Behaviours compare bodies, lines and events, and each that differs says what was expected and what came."""
    task = Task("easy", 5, ("config/urls.py",), ("?", "!", "…"), checkpoint="02", number="02.9", title="A trial")

    async def says(trial: Trial, what: str) -> None:
        if what == "passes":
            trial.expect_body(await trial.get("/json/", status=201), {"a": int}, extra=True)
            async with trial.listen("/stream/?what=json") as ada:
                assert ada.headers["transfer-encoding"] == "chunked"
                await ada.expect_json({"id": 1})
            async with trial.listen("/stream/?what=events") as ada:
                await ada.expect_event({"a": 1}, number=7, kind="urgent")
        elif what == "status":
            await trial.ask("HEAD", "/json/")
        elif what in ("differs", "no_json", "nothing"):
            path, value = {"differs": ("json", {"a": 2, "b": 2}), "no_json": ("text", {}), "nothing": ("empty", {})}[
                what
            ]
            trial.expect_body(await trial.get(f"/{path}/", status=None), value)
        elif what in ("not_there", "over", "another", "line"):
            path = {"not_there": "/nowhere/", "line": "/stream/?what=text"}.get(what, "/stream/?what=json")
            async with trial.listen(path, name="ada") as ada:
                if what == "over":
                    await ada.expect_json({"id": 1})
                await ada.expect_json({} if what == "line" else {"id": 2})
        else:
            async with trial.listen("/stream/?what=events", name="ada") as ada:
                if what == "another_id":
                    await ada.expect_event({"a": 1}, number=8)
                await ada.expect_event({"a": 1}, number=7, kind="message" if what == "another_kind" else "urgent")
                if what == "no_id":
                    await ada.expect_event({"a": 2}, number=8)
                await ada.line()
                await ada.line()
                await ada.expect_event(3, number=9)

    for what in SAID:

        async def run(trial: Trial, what: str = what) -> None:
            """It is seen."""
            await says(trial, what)

        run.__name__ = what
        task.behaviour(run)

    verdict = await judge(task, {"config/urls.py": VIEWS}, checkpoints=checkpoints, starter=keeper)
    said = {judged.name: judged.said for judged in verdict.judged}
    assert {name: text for name, text in said.items() if SAID[name] not in text} == {}
    assert [judged.name for judged in verdict.judged if judged.passed] == ["passes"]
