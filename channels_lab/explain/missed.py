"""A missed path: no route takes it; which route was meant, and what about it is wrong."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from channels_lab.explain.chains import CONVERTERS, PART, Chain, Step, chains_of, step_of
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.routes import Route

__all__ = ["Missed", "find_missed"]

# A group without groups in it, and that is not repeated.
_GROUP = re.compile(r"\((?:\?P<(?P<name>\w+)>)?(?P<regex>[^()?][^()]*)\)(?![*+?{])")
# A learner's regular expression may take very long over a long path.
_MOST = 200
_MISSED = re.compile(r"No route found for path (['\"])(?P<path>.*)\1")
_LIKE_REGEX = re.compile(r"\(\?P<|\\[dwsAZ]|^\^|\$$|[\]).][+*]")


@dataclass
class Missed:
    """A path that no route takes.

    `cause` is "newer", "elsewhere", "leading-slash", "last-slash", "regex-in-path", "converter-in-regex", "part",
    "wrapped", "anchor" or "none"; `chain` is the chain that was meant (None: no telling), `route` the one in the source
    that the server does not have, `part` the name, the text and the pattern of a part that does not fit.
    """

    path: str
    chains: list[Chain]
    cause: str = "none"
    chain: Chain | None = None
    route: Route | None = None
    part: tuple[str, str, str] = ("", "", "")

    @property
    def see(self) -> str:
        """What one sees."""
        return f"`ValueError: No route found for path '{self.path}'`; the handshake got a 500."


def find_missed(evidence: Evidence) -> Missed | None:
    """The last path that was missed; None where there is none, or one of the routes would take it."""
    raised = evidence.raised(_MISSED.pattern)
    begun = [event for event in evidence.of("begin") if raised and raised.process in ("", event.name)]
    if not raised or not begun or len(raised.match["path"]) > _MOST:
        return None
    missed = Missed(raised.match["path"], chains_of(evidence, raised.process))
    if any(chain.matches(missed.path) for chain in missed.chains):
        return None  # it is not the route: a prefix of the server (root_path), for one
    _find_route(missed, evidence)
    for cause, look in _CAUSES.items():
        if missed.cause == "none":
            for chain in missed.chains:
                if missed.cause == "none" and look(missed, chain):
                    missed.cause, missed.chain = cause, chain
    if missed.cause == "none":
        missed.chain = _nearest(missed)
        if missed.chain and _is_anchored(missed, missed.chain):
            missed.cause = "anchor"
    return missed


def _find_route(missed: Missed, evidence: Evidence) -> None:
    """Look in the source for a route that would take the path, and that the server does not have."""
    running = {step.text for chain in missed.chains for step in chain.steps}
    for route in evidence.source.routes():
        if route.text and route.text not in running and step_of(evidence.source, route.text).rest(missed.path) == "":
            missed.route, missed.cause = route, "newer" if route.routed else "elsewhere"


def _has_leading_slash(missed: Missed, chain: Chain) -> bool:
    return chain.changed(lambda step: replace(step, text=re.sub(r"^(\^?)/+", r"\1", step.text))).matches(missed.path)


def _has_other_slash(missed: Missed, chain: Chain) -> bool:
    return chain.matches(missed.path.rstrip("/") if missed.path.endswith("/") else missed.path + "/")


def _has_regex_in_path(missed: Missed, chain: Chain) -> bool:
    def as_regex(step: Step) -> Step:
        return replace(step, kind="re_path") if step.kind == "path" and _LIKE_REGEX.search(step.text) else step

    def plain(step: Step) -> Step:
        return replace(step, text=step.text.removeprefix("^").removesuffix("$")) if step.kind == "path" else step

    return chain.changed(as_regex).matches(missed.path) or (
        any(_LIKE_REGEX.search(step.text) for step in chain.steps) and chain.changed(plain).matches(missed.path)
    )


def _has_converter_in_regex(missed: Missed, chain: Chain) -> bool:
    def as_path(step: Step) -> Step:
        if step.kind == "path" or not re.search(r"(?<!\?P)<\w+(:\w+)?>", step.text):
            return step
        return replace(step, kind="path", text=step.text.removeprefix("^").removesuffix("$"))

    return chain.changed(as_path).matches(missed.path)


def _has_other_part(missed: Missed, chain: Chain) -> bool:
    if len(chain.steps) > 1:
        return False
    step = chain.steps[0]
    patterns = dict(_parts(step))
    if step.kind == "path":
        loose = PART.sub(lambda part: f"(?P<{part['name']}>.+)", re.sub(r"[.+*?$^()|\[\]\\]", r"\\\g<0>", step.text))
    else:
        loose = _GROUP.sub(lambda group: f"(?P<{group['name'] or 'part'}>.+)", step.text)
    try:
        found = re.fullmatch(loose.removeprefix("^").removesuffix("$"), missed.path)
    except re.error:
        return False
    for name, text in found.groupdict().items() if found else ():
        if not re.fullmatch(CONVERTERS.get(patterns.get(name, ""), patterns.get(name, "")), text):
            missed.part = (name, text, patterns[name])
            return True
    return False


def _parts(step: Step) -> Iterator[tuple[str, str]]:
    """The names of a route's parts, and the converter or regular expression of each."""
    if step.kind == "path":
        yield from ((part["name"], part["converter"] or "str") for part in PART.finditer(step.text))
    else:
        yield from ((group["name"] or "part", group["regex"]) for group in _GROUP.finditer(step.text))


def _is_wrapped(missed: Missed, chain: Chain) -> bool:
    inner = chain.steps[-1]
    return chain.changed(lambda step: replace(step, endpoint=step is inner)).matches(missed.path)


def _is_anchored(missed: Missed, chain: Chain) -> bool:
    def loose(step: Step) -> Step:
        return step if step.kind == "path" else replace(step, text=step.text.removeprefix("^").removesuffix("$"))

    return chain.changed(loose).matches(missed.path)


def _nearest(missed: Missed) -> Chain | None:
    """The chain that is most like the path, if any is at all."""

    def likeness(chain: Chain) -> float:
        plain = re.sub(r"[\^$\\]", "", PART.sub("", _GROUP.sub("", chain.text)))
        return difflib.SequenceMatcher(None, plain, missed.path).ratio()

    best = max(missed.chains, key=likeness, default=None)
    return best if best and likeness(best) > 0.5 else None


_CAUSES: dict[str, Callable[[Missed, Chain], bool]] = {
    "leading-slash": _has_leading_slash,
    "last-slash": _has_other_slash,
    "regex-in-path": _has_regex_in_path,
    "converter-in-regex": _has_converter_in_regex,
    "part": _has_other_part,
    "wrapped": _is_wrapped,
}
