"""Folding a long story, so that it can be looked at: crowds of lanes into one, like steps into one, the middle away."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from channels_lab.picture.story.story import Step, Story

__all__ = ["fold", "folded_steps"]

_MOST_CLIENTS = 6
_KEPT_CLIENTS = 3
_MOST_CONSUMERS = 4
MOST_STEPS = 60
_LAST_STEPS = 15


def fold(story: Story) -> Story:
    """Where many clients take part, keep those that failed or spoke first, and tell the rest as one crowd.

    Of a client that connects again and again, all its consumers are told as one.
    """
    clients = [name for name in story.participants if story.kinds.get(name) == "clients"]
    crowd = _crowd(story, clients) if len(clients) > _MOST_CLIENTS else set()
    names = {name: f"{len(crowd)} others" for name in crowd}
    consumers = {lane: _client_of(lane) for lane in story.participants if story.kinds.get(lane) == "consumers"}
    times = Counter(consumers.values())
    for lane, client in consumers.items():
        if client in crowd:
            names[lane] = "their consumers"
        elif times[client] > _MOST_CONSUMERS and client != lane:
            names[lane] = f"{client}'s consumers"
    if not names:
        return story
    kinds = story.kinds | {name: "clients" if lane in crowd else "consumers" for lane, name in names.items()}
    steps = [
        replace(s, source=names.get(s.source, s.source), target=names.get(s.target, s.target)) for s in story.steps
    ]
    merged = _merged(steps, {name for lane, name in names.items() if _client_of(lane) in crowd}, kinds)
    told = [_counted(step, number, kinds) for step, number in merged]
    told_of = Story.of(sorted(told, key=lambda step: step.t), kinds, complete=story.complete)
    return replace(told_of, began=story.began)


def _crowd(story: Story, clients: list[str]) -> set[str]:
    """The clients that are told of together: all but those that failed or spoke first."""
    failed = [_client_of(lane) for step in story.steps if step.failed for lane in (step.source, step.target)]
    spoke = [step.source for step in story.steps if not step.text.startswith(("connect ", "disconnect "))]
    kept = [name for name in dict.fromkeys([*failed, *spoke, *clients]) if name in clients]
    return set(clients) - set(kept[:_KEPT_CLIENTS])


def _client_of(lane: str) -> str:
    """Whose consumer a lane is; of another lane, its own name."""
    return lane.partition("'s consumer")[0]


def _merged(steps: list[Step], crowd: set[str], kinds: dict[str, str]) -> Iterator[tuple[Step, int]]:
    """Yield (step, how often); like steps of the crowd are one, until somebody outside it does something new."""
    waiting: dict[tuple[str, str, str, bool], list[Step]] = {}
    for step in steps:
        text = step.text.partition(": ")[0] if step.note else step.text
        if step.source in crowd or step.target in crowd:
            waiting.setdefault((step.source, step.target, text, step.failed), []).append(step)
            continue
        acts = step.failed or kinds.get(step.source) == "clients" or kinds.get(step.target) == "layer"
        if acts and not step.note and text not in {said for _, _, said, _ in waiting}:
            yield from _flushed(waiting)
        yield step, 1
    yield from _flushed(waiting)


def _flushed(waiting: dict[tuple[str, str, str, bool], list[Step]]) -> Iterator[tuple[Step, int]]:
    for like in waiting.values():
        yield replace(like[-1], t=like[0].t), len(like)
    waiting.clear()


def _counted(step: Step, times: int, kinds: dict[str, str]) -> Step:
    if times == 1:
        return step
    to_group = kinds.get(step.source) == "layer" and not step.failed
    return replace(step, text=f"… {times} more to the group: {step.text}" if to_group else f"{times} × {step.text}")


def folded_steps(steps: list[Step]) -> list[Step | int]:
    """The steps, with the middle of a long row as the number of those left out."""
    if len(steps) <= MOST_STEPS:
        return list(steps)
    head, tail = steps[: MOST_STEPS - _LAST_STEPS], steps[-_LAST_STEPS:]
    return [*head, len(steps) - len(head) - len(tail), *tail]
