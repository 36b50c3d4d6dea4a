"""Whose page is it?"""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_PATH = "config/asgi.py"
_SECURITY = "https://channels.readthedocs.io/en/stable/topics/security.html"

task = Task(
    difficulty="medium",
    minutes=15,
    files=(_PATH,),
    hints=(
        "`AllowedHostsOriginValidator` knows our own hosts only. What is it made of, and what else can that take?",
        "`OriginValidator` takes the application and a list. An entry without a scheme means a host, on any port, by "
        "http or https; an entry with one means exactly that.",
        'OriginValidator(AuthMiddlewareStack(…), ["127.0.0.1", "localhost", "https://…"]), around the WebSockets only',
    ),
)


@task.behaviour
async def our_page(trial: Trial) -> None:
    """Our own page comes in, by its user's name; pages answer."""
    person, path = trial.person(), f"/ws/who/{trial.word()}/"
    await trial.get("/people/login/")
    async with trial.connect(path, name="our page", user=person) as page:
        await page.expect_json({"user": person.name}, extra=True)
    origin = f"http://localhost:{trial.number()}"
    async with trial.connect(path, name="our page", user=person, origin=origin) as page:
        await page.expect_json({"user": person.name, "origin": origin}, extra=True)


@task.behaviour
async def partner(trial: Trial) -> None:
    """The partner's page comes in."""
    origin = "https://radio.example"
    async with trial.connect(f"/ws/who/{trial.word()}/", name="partner", origin=origin) as page:
        await page.expect_json({"origin": origin}, extra=True)


@task.behaviour(points=2)
async def foreign(trial: Trial) -> None:
    """Any other page is refused, and a program without an Origin."""
    person, path = trial.person(), f"/ws/who/{trial.word()}/"
    await trial.expect_refused(path, name="evil page", origin=f"https://{trial.word()}.example", user=person)
    await trial.expect_refused(path, name="program", origin=None)


@task.behaviour
async def nearly(trial: Trial) -> None:
    """A page that only looks like the partner's is refused."""
    path = f"/ws/who/{trial.word()}/"
    await trial.expect_refused(path, name="plain http", origin="http://radio.example")
    await trial.expect_refused(path, name="subdomain", origin=f"https://{trial.word()}.radio.example")
    await trial.expect_refused(path, name="look-alike", origin=f"https://radio.example.{trial.word()}.example")


@task.mistake(page=_SECURITY)
def around_everything(evidence: Evidence) -> Said | None:
    """The validator stands around the pages, too."""
    raised = evidence.raised(r"You cannot use OriginValidator on a non-WebSocket connection")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`; pages get 500.",
        why="The validator understands WebSockets only, and you put it in front of everything.",
        change='Put it around what answers "websocket", inside `ProtocolTypeRouter`.',
        place=next((call.place for call in evidence.source.calls("OriginValidator", _PATH)), None),
    )


@task.mistake(page=_SECURITY)
def a_star(evidence: Evidence) -> Said | None:
    """The list holds "*"."""
    places = evidence.source.strings("*", _PATH)
    if not places or "was accepted" not in str(evidence.error):
        return None
    return Said(
        see="A page of anybody's is let in, with our visitor's cookie.",
        why='In the list `"*"` lets every page in; then the validator does nothing.',
        change="Name the hosts that are yours, and the radio's pages.",
        place=places[0],
    )


@task.mistake(page=_SECURITY)
def hosts_only(evidence: Evidence) -> Said | None:
    """The partner is no host of ours."""
    calls = evidence.source.calls("AllowedHostsOriginValidator", _PATH)
    if not calls or "partner could not connect" not in str(evidence.error):
        return None
    return Said(
        see="The partner's page is refused, as any foreign one.",
        why="`AllowedHostsOriginValidator` knows `ALLOWED_HOSTS`: the names under which *this* site is found.",
        change="Use `OriginValidator`, which takes a list of its own: our hosts, and the partner's page.",
        place=calls[0].place,
    )


@task.mistake(page=_SECURITY)
def one_port(evidence: Evidence) -> Said | None:
    """Our own pages are named with a port."""
    if "our page could not connect" not in str(evidence.error):
        return None
    hosts = ("127.0.0.1", "localhost")
    named = [
        place
        for host in hosts
        for scheme in ("http", "https")
        for port in ("", ":8000")
        for place in evidence.source.strings(f"{scheme}://{host}{port}", _PATH)
    ]
    if not named:
        return None
    return Said(
        see="Our own page is refused with 403.",
        why="An entry with a scheme must agree in scheme, host and port (80 where it names none), and our server has "
        "another port each time.",
        change="Name the hosts alone.",
        place=named[0],
    )
