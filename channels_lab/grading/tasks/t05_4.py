"""Members only."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_GUARDS = "people/guards.py"
_ASGI = "https://asgi.readthedocs.io/en/latest/specs/www.html#close-send-event"

task = Task(
    difficulty="hard",
    minutes=20,
    files=(_GUARDS, "people/routing.py"),
    hints=(
        "Which key of the scope says who it is, and which event refuses a WebSocket that was not accepted?",
        "In `__call__`, ask `self.allowed` for the user; where it says no, send one event and return. In the routes, "
        "`Guard(…)` stands around `WhoAmI.as_asgi()`. A guest is a user, too: an `AnonymousUser`.",
        'if not self.allowed(scope["user"]): await send({"type": "websocket.close"}), return; and '
        'path("ws/members/<str:name>/", Guard(WhoAmI.as_asgi(), lambda user: user.is_authenticated))',
    ),
)


@task.behaviour
async def let_in(trial: Trial) -> None:
    """Who is logged in comes to the members, the staff to the staff, too."""
    person, word = trial.person(), trial.word()
    for user, path in ((person.name, "members"), ("sam", "members"), ("sam", "staff")):
        async with trial.connect(f"/ws/{path}/{word}/", name=user, user=trial.person(user)) as client:
            await client.expect_json({"user": user}, extra=True)


@task.behaviour(points=2)
async def guests(trial: Trial) -> None:
    """A guest is refused; so is a session that nobody has."""
    for path in ("members", "staff"):
        await trial.expect_refused(f"/ws/{path}/{trial.word()}/", name="guest")
    cookies = {"sessionid": trial.word()}
    await trial.expect_refused(f"/ws/members/{trial.word()}/", name="guest", cookies=cookies)
    await trial.settle()
    # Only the record tells, which the answer's process writes: see CONTRIBUTING.
    ran = [one for one in trial.evidence().connections if one.accepted]
    trial.expect(not ran, "A guest should have been refused, and no more; then `WhoAmI` ran all the same.")


@task.behaviour
async def members(trial: Trial) -> None:
    """Who is logged in, and not of the staff, is refused there."""
    path = f"/ws/staff/{trial.word()}/"
    await trial.expect_refused(path, name="alice", user="alice")


@task.behaviour
async def the_others(trial: Trial) -> None:
    """Everybody comes to the other paths."""
    word, number = trial.word(), trial.number()
    for name, kwargs in ((word, {"name": word}), (number, {"number": number})):
        async with trial.connect(f"/ws/who/{name}/", name="guest") as guest:
            await guest.expect_json({"kwargs": kwargs}, extra=True)


@task.mistake(page=_ASGI)
def went_on(evidence: Evidence) -> Said | None:
    """After the close the application is called all the same."""
    for one in evidence.connections:
        sent = [str(event.get("type")) for event in one.sent()]
        if "websocket.close" in sent and "websocket.accept" in sent[sent.index("websocket.close") :]:
            return Said(
                see="A guest is refused, and then served by a consumer that nobody hears.",
                why="Your guard goes on after it has refused. What that consumer does, it does for a stranger.",
                change="Return after the close.",
                place=next((call.place for call in evidence.source.calls("application", _GUARDS)), None),
            )
    return None


@task.mistake(page=_ASGI)
def accepted_first(evidence: Evidence) -> Said | None:
    """The connection is accepted, then closed."""
    for one in evidence.connections:
        if one.accepted and one.sent("websocket.close") and one.client in ("guest", "alice"):
            return Said(
                see=f"{one.client} is accepted, then closed.",
                why="Whoever is refused is let in before it is sent away. A close before any accept refuses the "
                "handshake itself: HTTP 403.",
                change='Send {"type": "websocket.close"} alone.',
                place=next((call.place for call in evidence.source.calls("send", _GUARDS)), None),
            )
    return None


@task.mistake(page="https://docs.djangoproject.com/en/stable/ref/contrib/auth/#anonymoususer-object")
def anybody(evidence: Evidence) -> Said | None:
    """The user is taken for a yes."""
    in_it = [one for one in evidence.connections if one.client == "guest" and one.accepted and "/who/" not in one.path]
    if not in_it or in_it[0].sent("websocket.close") or "was accepted" not in str(evidence.error):
        return None
    return Said(
        see="A guest is let in.",
        why="A guest has a user, too: `AnonymousUser` is an object like any other, and true.",
        change="Ask `user.is_authenticated`.",
        place=next((call.place for call in evidence.source.calls("Guard")), None),
    )


@task.mistake(page=_ASGI)
def said_nothing(evidence: Evidence) -> Said | None:
    """The guard returns without an event."""
    for one in evidence.connections:
        if one.type == "websocket" and one.of("end") and not one.sent():
            return Said(
                see=f"{one.client} gets no answer to the handshake.",
                why="To return is no answer: the server waits for an event, and so does the client.",
                change='Say no: await send({"type": "websocket.close"}), then return.',
            )
    return None


@task.mistake
def guarded_too_much(evidence: Evidence) -> Said | None:
    """The guard stands before the open paths, too."""
    refused = [event for event in evidence.refused(403) if event.name == "guest"]
    if not refused or "/ws/who/" not in str(evidence.error):
        return None
    routes = [one for one in evidence.source.routes() if "ws/who/" in one.text]
    return Said(
        see="A guest is refused at an open path.",
        why="There nobody is to be kept from `/ws/who/`.",
        change="Put the guard around the consumers of the two new routes only.",
        place=routes[0].place if routes else None,
    )


@task.mistake
def two_calls(evidence: Evidence) -> Said | None:
    """An application of Channels 2 took its arguments in two calls."""
    raised = evidence.raised(r"missing 2 required positional arguments: 'receive' and 'send'")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`",
        why="With a scope only, applications were called before ASGI 3 and Channels 3; old articles do so.",
        change="Hand in all three: `await self.application(scope, receive, send)`.",
        place=raised.place,
    )
