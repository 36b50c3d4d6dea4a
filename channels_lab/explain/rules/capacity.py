"""Rules about consumers that cannot keep up: full channels, and an end that comes too late."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.outcome import outcome
from channels_lab.explain.place import Place
from channels_lab.record.events import Event

__all__: list[str] = []

_SPEC = "https://channels.readthedocs.io/en/stable/channel_layer_spec.html#capacity"
_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html#closing-consumers"
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@rule("channel-full", page=_SPEC)
def channel_full(evidence: Evidence) -> Said | None:
    """`send` finds no room in a channel, and says so."""
    raised = evidence.raised(r"\bChannelFull\b")
    if not raised:
        return None
    full = next((e for e in evidence.layer("send") if "ChannelFull" in str(e.details.get("error", ""))), None)
    to = str(full.details.get("to", "")) if full else ""
    change = (
        'Send fewer and larger messages. More room gives `"CONFIG": {"capacity": 1000}`; where a loss is bearable, '
    )
    change += "catch `ChannelFull`."
    if full and _own_channel(evidence, full):
        reader = "This one is the consumer's own, and it reads nothing while one of its methods runs"
        change = "To tell its own client something, a consumer needs no channel: call `self.send(…)`. " + change
    elif to and "!" not in to:
        reader = f"The worker that reads `{to}` does not run, or is slower than those who send"
    else:
        reader = "Whoever reads it is slower than those who send"
    return Said(
        see=f"`{raised.text.rstrip(': ')}`; {outcome(evidence, raised)}.",
        why=f"A channel holds {_capacity(evidence)} messages (`capacity`); then `send` raises. {reader}.",
        change=change,
        place=raised.place,
    )


@rule("messages-dropped", page=_SPEC)
def messages_dropped(evidence: Evidence) -> Said | None:
    """`group_send` finds full channels, and drops the message for them without a word."""
    dropped = [event for event in evidence.of("dropped") if event.details.get("call") == "group_send"]
    if not dropped:
        return None
    lost = sum(int(event.details.get("count", 1)) for event in dropped)
    group = str(dropped[0].details.get("to", ""))
    return Said(
        see=f"{lost} message{'s' * (lost > 1)} to the group `{group}` did not arrive, and nothing said so.",
        why=f"A channel holds {_capacity(evidence)} messages (`capacity`); what `group_send` brings to a full one is "
        "dropped. A consumer reads nothing while one of its methods runs."
        + " Over Redis, all consumers of a process share one channel."
        * ("Redis" in evidence.backend()),
        change="Put what belongs together into one message, or let the method return between portions. "
        'More room gives `"CONFIG": {"capacity": 1000}`.',
        place=_sending_line(evidence, dropped[0]),
    )


def _capacity(evidence: Evidence) -> str:
    """How many messages a channel holds, as recorded."""
    known = [event.details.get("capacity") for event in evidence.of("backend")]
    return str(known[-1]) if known and known[-1] else "100"


def _own_channel(evidence: Evidence, event: Event) -> bool:
    """Whether a consumer sends to the channel that it put into groups as its own."""
    joined = [e.details.get("message") for e in evidence.layer("group_add") if e.key == event.key]
    return event.details.get("to") in joined


def _sending_line(evidence: Evidence, event: Event) -> Place | None:
    """The group_send of the consumer that sent, best one inside a loop."""
    calls = [call for consumer in evidence.consumers_of(event) for call in consumer.calls("group_send")]
    calls = calls or evidence.source.calls("group_send")
    looped = [call for call in calls if _in_loop(call)]
    return (looped or calls)[0].place if calls else None


def _in_loop(call: Call) -> bool:
    loops = [node for node in ast.walk(call.function) if isinstance(node, _LOOPS)] if call.function else []
    return any(part is call.call for loop in loops for part in ast.walk(loop))


@rule("killed-at-the-end", page=_CONSUMERS)
def killed_at_the_end(evidence: Evidence) -> Said | None:
    """The client has gone, and the consumer is still busy when Daphne's patience ends."""
    found = evidence.search(r"path=b'([^']*)'> took too long to shut down and was killed")
    if not found:
        return None
    killed = next((e for e in evidence.errors() if str(e.details.get("error", "")).startswith("CancelledError")), None)
    place = evidence.own_frame(killed) if killed else None
    return Said(
        see=f"Daphne's log: the application for `{found[1]}` `took too long to shut down and was killed`.",
        why="A consumer's methods run one after another: `disconnect()` waits until the one that is busy returns. "
        "Daphne waits (10 seconds by default), then cancels, and what `disconnect()` cleans up stays.",
        change="Do no long work in a consumer's method: hand it to a worker, or to a task that `disconnect()` cancels.",
        place=place or _slow_line(evidence, killed),
    )


def _slow_line(evidence: Evidence, killed: Event | None) -> Place | None:
    """Where a thread is busy nobody can say; a `sleep` in a method of the consumer is a good guess."""
    calls = [call for consumer in evidence.consumers_of(killed) for call in consumer.calls("sleep")]
    return calls[0].place if calls else None
