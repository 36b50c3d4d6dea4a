"""Rules about starting: commands, and the port."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_INSTALLATION = "https://channels.readthedocs.io/en/stable/installation.html"
_COMMANDS = "https://docs.djangoproject.com/en/stable/ref/django-admin/"


@rule("daphne-not-first", page=_INSTALLATION)
def daphne_not_first(evidence: Evidence) -> Said | None:
    """Django's check daphne.E001: the app stands after staticfiles."""
    setting = evidence.source.setting("INSTALLED_APPS")
    if not setting or not evidence.search(r"\(daphne\.E001\)"):
        return None
    places = evidence.source.strings("daphne", evidence.source.settings_path)
    return Said(
        see="Django's check stops with `(daphne.E001) Daphne must be listed before django.contrib.staticfiles`.",
        why="Two apps bring a command `runserver`, and Django takes that of the first in `INSTALLED_APPS`. After "
        "`django.contrib.staticfiles`, Daphne's never gets its turn, and Django's own cannot speak WebSocket.",
        change='Make `"daphne"` the first entry of `INSTALLED_APPS`, and start again.',
        place=places[-1] if places else setting.place,
    )


@rule(
    "wsgi-runserver",
    page="https://docs.djangoproject.com/en/stable/howto/deployment/asgi/daphne/#integration-with-runserver",
)
def wsgi_runserver(evidence: Evidence) -> Said | None:
    """A WebSocket handshake came to Django's own runserver, which knows HTTP only."""
    refused = [event for event in evidence.refused() if event.details.get("status")]
    setting = evidence.source.setting("INSTALLED_APPS")
    # Its banner may have been printed cells ago; but what speaks WSGI has no application that could be recorded.
    recorded = {event.name for event in evidence.of("begin")}
    if not refused or not set(evidence.ran("runserver")) - recorded:
        return None
    if setting and any(str(app).startswith("daphne") for app in setting.value):
        return None  # it was asked for: --noasgi
    return Said(
        see=f"The WebSocket handshake was answered with {refused[-1].details['status']}, as a page is; the log says "
        "`Starting development server`, not `Starting ASGI/Daphne`.",
        why="This is Django's own `runserver`. It speaks WSGI, that is HTTP only: it took the handshake for the "
        "request of a page. Daphne brings a `runserver` of its own, once it is an installed app.",
        change='Write `"daphne"` as the first entry of `INSTALLED_APPS`, and start again.',
        place=setting.place if setting else None,
    )


@rule("no-runworker", page=_INSTALLATION)
def no_runworker(evidence: Evidence) -> Said | None:
    """`runworker` belongs to the app channels, which is not installed."""
    if not evidence.search(r"^Unknown command: 'runworker'"):
        return None
    setting = evidence.source.setting("INSTALLED_APPS")
    if setting and any(str(app).startswith("channels") for app in setting.value):
        return None
    return Said(
        see="`Unknown command: 'runworker'`; the worker did not start.",
        why="manage.py knows Django's commands and those that the apps in `INSTALLED_APPS` bring. `runworker` belongs "
        "to the app `channels`; servers and consumers work without that app, workers do not.",
        change='Add `"channels"` to `INSTALLED_APPS`.',
        place=setting.place if setting else None,
    )


@rule("unknown-command", page=_COMMANDS)
def unknown_command(evidence: Evidence) -> Said | None:
    """manage.py has no command of this name."""
    found = evidence.search(r"^Unknown command: '([\w-]+)'(?:\. Did you mean (.+)\?)?")
    if not found or found[1] == "runworker":
        return None
    place = next((evidence.source.place(path, 1) for path in evidence.source.files if _brings(path, found[1])), None)
    if place:
        change = f"Add the app of `{place.path}` to `INSTALLED_APPS`."
    elif found[2]:
        change = f'Write `python manage.py {found[2]}`, in a notebook `await lab.manage("{found[2]}")`.'
    else:
        change = "Look the name up in what `python manage.py help` prints."
    return Said(
        see=f"`Unknown command: '{found[1]}'`; nothing was done.",
        why="manage.py knows Django's commands and those that the apps in `INSTALLED_APPS` bring; none has this name.",
        change=change,
        place=place,
    )


def _brings(path: str, command: str) -> bool:
    return path.endswith(f"/management/commands/{command}.py")


@rule("port-taken", page=f"{_COMMANDS}#runserver")
def port_taken(evidence: Evidence) -> Said | None:
    """Another program listens on the port."""
    raised = evidence.raised(r"Port (\d+) cannot be used: Address already in use")
    printed = evidence.search(r"Listen failure: .*?:(\d+): .*Address already in use|Error: That port is already in use")
    if not raised and not printed:
        return None
    port = raised.match[1] if raised else (printed and printed[1]) or ""
    named = f"port {port}" if port else "the port"
    return Said(
        see=f"The server did not start: {named} is in use already.",
        why=f"Only one program at a time can listen on a port. Another one has {named}: most often a server that was "
        "started before and still runs, here or in another notebook or terminal.",
        change="Stop that server (`await lab.stop()`, or Ctrl+C in its terminal). Or leave `port=` out: the lab takes "
        "a free one. By hand, name another: `daphne -p 8001 …`, `manage.py runserver 8001`.",
        place=raised.place if raised else None,
    )


@rule("no-such-port", page=f"{_COMMANDS}#runserver")
def no_such_port(evidence: Evidence) -> Said | None:
    """The port is out of range, or reserved."""
    raised = evidence.raised(r"Port (-?\d+) cannot be used: (bind\(\): port must be|Permission denied)")
    if not raised:
        return None
    reserved = raised.match[2] == "Permission denied"
    return Said(
        see=f"The server did not start: port {raised.match[1]} cannot be used.",
        why="Ports below 1024 are reserved: only the system's administrator may listen there."
        if reserved
        else "A port is a number of 16 bits: from 0 to 65535.",
        change="Leave `port=` out, and a free port is taken; or choose one from 1024 to 65535, such as 8000.",
        place=raised.place,
    )
