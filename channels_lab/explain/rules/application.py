"""Rules about the ASGI application: which one is served, and which types of connection it takes."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.chains import tree_of
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.names import modules_of, names_in, nearest
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

__all__: list[str] = []

_DAPHNE = "https://docs.djangoproject.com/en/stable/howto/deployment/asgi/daphne/"
_ROUTER = "https://channels.readthedocs.io/en/stable/topics/routing.html#protocoltyperouter"


@rule("no-asgi-application", page=f"{_DAPHNE}#integration-with-runserver")
def no_asgi_application(evidence: Evidence) -> Said | None:
    """The setting ASGI_APPLICATION is not there, or names no module."""
    found = evidence.search(r"You have not set ASGI_APPLICATION|Cannot find ASGI_APPLICATION setting")
    if not found:
        return None
    setting = evidence.source.setting("ASGI_APPLICATION")
    return Said(
        see=f"`{found[0]}`; the server did not start.",
        why="Daphne's `runserver` serves the application that the setting `ASGI_APPLICATION` names: module, dot, "
        "variable. " + ("Here the module is missing." if setting else "This project does not set it."),
        change=f'Write `ASGI_APPLICATION = "{_served(evidence.source)}"` in `{evidence.source.settings_path}`.',
        place=setting.place if setting else None,
    )


@rule("asgi-application-module", page=f"{_DAPHNE}#integration-with-runserver")
def asgi_application_module(evidence: Evidence) -> Said | None:
    """ASGI_APPLICATION names a module that the project does not have."""
    raised = evidence.raised(r"Cannot import ASGI_APPLICATION module '([\w.]+)'")
    setting = evidence.source.setting("ASGI_APPLICATION")
    # Where the module is there, something that it imports is not.
    if not raised or not setting or raised.match[1] in modules_of(evidence.source):
        return None
    return Said(
        see=f"`{_message(raised)}`; the server did not start.",
        why=f"The part of `ASGI_APPLICATION` before the last dot is the module to import. There is no file "
        f"`{raised.match[1].replace('.', '/')}.py` in this project.",
        change=f'Write `ASGI_APPLICATION = "{_served(evidence.source)}"`.',
        place=setting.place,
    )


@rule("asgi-application-name", page=f"{_DAPHNE}#integration-with-runserver")
def asgi_application_name(evidence: Evidence) -> Said | None:
    """The module of ASGI_APPLICATION has no such variable."""
    raised = evidence.raised(r"Cannot find '(.+)' in ASGI_APPLICATION module ([\w.]+)")
    setting = evidence.source.setting("ASGI_APPLICATION")
    if not raised or not setting:
        return None
    colon = " Between module and variable stands a dot: the colon is for Daphne's command line."
    return Said(
        see=f"`{_message(raised)}`; the server did not start.",
        why="The part of `ASGI_APPLICATION` after the last dot is a variable of the module before it. "
        f"`{raised.match[2]}` has no variable `{raised.match[1]}`.{colon if ':' in raised.match[1] else ''}",
        change=f'Write `ASGI_APPLICATION = "{_served(evidence.source)}"`.',
        place=setting.place,
    )


@rule("daphne-argument", page=f"{_DAPHNE}#running-django-in-daphne")
def daphne_argument(evidence: Evidence) -> Said | None:
    """Daphne's command line names a module or a variable that is not there, or has no colon."""
    for name in evidence.ran("daphne "):
        argument = evidence.commands[name].split()[-1]
        module, colon, variable = argument.partition(":")
        if "in import_by_path" not in evidence.logs.get(name, ""):
            continue
        if not colon and evidence.raised(r"not enough values to unpack"):
            why = "Daphne is given `module:variable`, and this has no colon."
        elif module not in modules_of(evidence.source) and evidence.raised(
            rf"No module named '({module}|{module.partition('.')[0]})'"
        ):
            why = f"What stands before the colon is the module to import, and the project has no `{module}`."
        elif colon and evidence.raised(rf"module '{module}' has no attribute '{variable.partition('.')[0]}'"):
            why = f"What stands after the colon is a variable of the module, and `{module}` has no `{variable}`."
        else:
            continue
        served = ":".join(_served(evidence.source).rsplit(".", 1))
        return Said(
            see=f"`daphne {argument}` ended before it served.",
            why=why,
            change=f"Write `daphne {served}`; in a notebook `await lab.daphne()` already means that.",
            place=evidence.cell_frame() or _application(evidence.source),
        )
    return None


@rule("http-only", page=_ROUTER)
def http_only(evidence: Evidence) -> Said | None:
    """A WebSocket came to Django's own application, which knows HTTP only."""
    raised = evidence.raised(r"Django can only handle ASGI/HTTP connections, not websocket")
    if not raised:
        return None
    source = evidence.source
    routers = source.calls("ProtocolTypeRouter", source.asgi_path)
    lists = [route.holder for route in source.routes() if route.holder]
    router = f"URLRouter({lists[0] if lists else 'websocket_urlpatterns'})"
    if not routers:
        why = "What is served is Django's application alone, and handshakes go to it, too."
        both = f'{{"http": get_asgi_application(), "websocket": {router}}}'
        change = f"Serve both: `application = ProtocolTypeRouter({both})`."
    elif tree_of(evidence, raised.process).get("layer") == "ProtocolTypeRouter":
        why = "Under its key `websocket`, your ProtocolTypeRouter has Django's application, which is for `http`."
        change = f'Write `"websocket": {router}`.'
    else:
        why = f"There is a ProtocolTypeRouter in `{source.asgi_path}`, but it is not what is served."
        change = "Let the last `application = …` of the file be the ProtocolTypeRouter."
    return Said(
        see="`ValueError: Django can only handle ASGI/HTTP connections, not websocket.` The handshake got a 500.",
        why=f"{why} Django's application answers HTTP only.",
        change=change,
        place=_application(source),
    )


@rule("no-http", page=_ROUTER)
def no_http(evidence: Evidence) -> Said | None:
    """The ProtocolTypeRouter has nothing for pages."""
    if not evidence.raised(r"No application configured for scope type 'http'"):
        return None
    return Said(
        see="`ValueError: No application configured for scope type 'http'`; every page is a 500.",
        why="A ProtocolTypeRouter hands each connection to what its mapping names for the connection's type. Yours has "
        'no key `"http"`: Django is not added by itself.',
        change='Add `"http": get_asgi_application(),` to the mapping.',
        place=_mapping(evidence.source),
    )


@rule("no-websocket", page=_ROUTER)
def no_websocket(evidence: Evidence) -> Said | None:
    """The ProtocolTypeRouter has nothing for WebSockets."""
    raised = evidence.raised(r"No application configured for scope type 'websocket'")
    if not raised:
        return None
    keys = [str(label) for label, _ in tree_of(evidence, raised.process).get("branches", [])]
    near = nearest("websocket", keys)
    places = evidence.source.strings(near, evidence.source.asgi_path) if near else []
    lists = [route.holder for route in evidence.source.routes() if route.holder]
    return Said(
        see="`ValueError: No application configured for scope type 'websocket'`; the handshake got a 500.",
        why="A ProtocolTypeRouter hands each connection to what its mapping names for the connection's type, which is "
        '`"websocket"`. Yours has ' + (f"{' and '.join(f'`{key}`' for key in keys)}." if keys else "no keys."),
        change=f'Write the key as `"websocket"`, not `"{near}"`.'
        if near
        else f'Add `"websocket": URLRouter({lists[0] if lists else "websocket_urlpatterns"}),` to the mapping.',
        place=places[0] if places else _mapping(evidence.source),
    )


@rule("mapping-no-dict", page=_ROUTER)
def mapping_no_dict(evidence: Evidence) -> Said | None:
    """A ProtocolTypeRouter got an application where it wants a dict."""
    raised = evidence.raised(r"argument of type '(\w+)' is not (?:iterable|a container or iterable)")
    if not raised or not raised.connection:
        return None
    tree = tree_of(evidence, raised.process)
    if tree.get("layer") != "ProtocolTypeRouter" or tree.get("branches"):
        return None
    return Said(
        see=f"`{raised.text}`; pages and handshakes get a 500.",
        why="ProtocolTypeRouter looks the type of a connection up in a dict. It was given one application, "
        f"`{raised.match[1]}`, in which nothing can be looked up.",
        change='Give it a dict: `ProtocolTypeRouter({"http": get_asgi_application(), "websocket": …})`.',
        place=_mapping(evidence.source),
    )


def _served(source: Source) -> str:
    """What ASGI_APPLICATION should be: the module and variable of the project's application."""
    path = source.asgi_path
    names = names_in(source, path)
    calls = [call.place.line for call in source.calls("ProtocolTypeRouter", path)]
    made = [name for name, place in names.items() if place.line in calls]
    name = "application" if "application" in names or not made else made[-1]
    return f"{path.removesuffix('.py').replace('/', '.') or 'config.asgi'}.{name}"


def _application(source: Source) -> Place | None:
    """The line that makes the application."""
    return names_in(source, source.asgi_path).get(_served(source).rpartition(".")[2])


def _mapping(source: Source) -> Place | None:
    """The line of the ProtocolTypeRouter."""
    calls = source.calls("ProtocolTypeRouter", source.asgi_path)
    return calls[-1].place if calls else None


def _message(raised: Raised) -> str:
    return raised.text.rpartition(": ")[2]
