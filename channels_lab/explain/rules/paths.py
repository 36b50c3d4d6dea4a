"""Rules about a route that was meant for a path and does not take it; `explain/missed.py` finds which."""

import re

from channels_lab.explain.book import Said, rule
from channels_lab.explain.chains import CONVERTERS
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.missed import Missed, find_missed

__all__: list[str] = []

_URLS = "https://docs.djangoproject.com/en/stable/topics/http/urls/"
_ROUTER = "https://channels.readthedocs.io/en/stable/topics/routing.html#urlrouter"
_TAKES = {
    "int": "digits only",
    "slug": "only ASCII letters, digits, hyphens and underscores",
    "str": "anything but a slash",
    "uuid": "only a UUID",
}


@rule("route-leading-slash", page=f"{_URLS}#example")
def route_leading_slash(evidence: Evidence) -> Said | None:
    """The route begins with a slash."""
    missed = _missed(evidence, "leading-slash")
    if not missed or not missed.chain:
        return None
    step = next(step for step in missed.chain.steps if re.match(r"\^?/", step.text))
    return Said(
        see=missed.see,
        why=f"URLRouter takes the slash off the start of a path before it looks for a route, so `{step.text}`, "
        "which begins with one, never matches.",
        change=f'Write the route as `"{re.sub(r"^(\^?)/+", r"\1", step.text)}"`.',
        place=step.place,
    )


@rule("route-last-slash", page=f"{_URLS}#example")
def route_last_slash(evidence: Evidence) -> Said | None:
    """Path and route differ in their last slash."""
    missed = _missed(evidence, "last-slash")
    if not missed or not missed.chain:
        return None
    has = missed.path.endswith("/")
    path = missed.path.rstrip("/") if has else f"{missed.path}/"
    return Said(
        see=missed.see,
        why=f"The route `{missed.chain.text}` differs only in its end: "
        f"{'the path has a slash there, the route has none' if has else 'it has a slash there, the path has none'}. "
        "For pages, Django mends that with a redirect; for WebSockets nobody does.",
        change=f"Connect to `/{path}`; or write the route {'with' if has else 'without'} a slash at its end.",
        place=missed.chain.place,
    )


@rule("regex-in-path", page=f"{_URLS}#using-regular-expressions")
def regex_in_path(evidence: Evidence) -> Said | None:
    """A regular expression stands in path()."""
    missed = _missed(evidence, "regex-in-path")
    if not missed or not missed.chain:
        return None
    text = missed.chain.text
    plain = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", text.removeprefix("^").removesuffix("$"))
    return Said(
        see=missed.see,
        why=f"`path()` takes `{text}` letter by letter: `^`, `$` and `(?P<…>…)` mean something only in `re_path()`.",
        change=f'Write `path("{plain}", …)`' + (f', or `re_path(r"{text}", …)`.' if "(?P<" in text else "."),
        place=missed.chain.place,
    )


@rule("converter-in-regex", page=f"{_URLS}#using-regular-expressions")
def converter_in_regex(evidence: Evidence) -> Said | None:
    """A converter of path() stands in re_path()."""
    missed = _missed(evidence, "converter-in-regex")
    if not missed or not missed.chain:
        return None
    return Said(
        see=missed.see,
        why=f"`re_path()` takes `{missed.chain.text}` as a regular expression: `<` and `>` stand for themselves. "
        "Parts such as `<str:room>` mean something only in `path()`.",
        change=f'Write `path("{missed.chain.text.removeprefix("^").removesuffix("$")}", …)`.',
        place=missed.chain.place,
    )


@rule("route-part", page=f"{_URLS}#path-converters")
def route_part(evidence: Evidence) -> Said | None:
    """A part of the route does not take what the path has there."""
    missed = _missed(evidence, "part")
    if not missed or not missed.chain:
        return None
    name, text, pattern = missed.part
    if pattern in CONVERTERS:
        wider = "path" if "/" in text else "str"
        why = f"`<{pattern}:…>` takes {_TAKES.get(pattern, 'something else')}."
        change = f"Write `<{wider}:{name}>`, or connect with what the route takes."
    else:
        why = f"Its expression `{pattern}` does not match that."
        change = f"Write `[^/]+` for `{pattern}`: all but a slash; or connect with what it takes."
    return Said(
        see=missed.see,
        why=f"The route `{missed.chain.text}` fits but for the part `{name}`, where the path has `{text}`. {why}",
        change=change,
        place=missed.chain.place,
    )


@rule("router-wrapped", page=_ROUTER)
def router_wrapped(evidence: Evidence) -> Said | None:
    """Middleware stands between a router and the router in it."""
    missed = _missed(evidence, "wrapped")
    if not missed or not missed.chain:
        return None
    return Said(
        see=missed.see,
        why=f"The routes {' and '.join(f'`{step.text}`' for step in missed.chain.steps)} would take it together. But a "
        "`path()` hands the rest of a path on only to a URLRouter directly in it; around yours is middleware.",
        change="Put the middleware around the outermost URLRouter; or write the outer route with `re_path()`.",
        place=missed.chain.steps[0].place,
    )


@rule("route-anchor", page=f"{_URLS}#using-regular-expressions")
def route_anchor(evidence: Evidence) -> Said | None:
    """The regular expression matches only a piece of the path."""
    missed = _missed(evidence, "anchor")
    if not missed or not missed.chain:
        return None
    return Said(
        see=missed.see,
        why=f"`{missed.chain.text}` matches only a piece of this path, and `^` and `$` ask for more: `^` for the start "
        "of the path, `$` at the end for the whole of it.",
        change="Write the whole path, without its first slash, into the expression; or connect to what it says.",
        place=missed.chain.place,
    )


def _missed(evidence: Evidence, cause: str) -> Missed | None:
    missed = find_missed(evidence)
    return missed if missed and missed.cause == cause else None
