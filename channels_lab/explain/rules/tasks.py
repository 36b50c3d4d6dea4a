"""Rules about tasks and loops in consumers: what goes on beside, or instead of, the consumer's methods."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.classes import Consumer, Method
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.lookup import function_at
from channels_lab.explain.place import Place

__all__: list[str] = []

_CLOSING = "https://channels.readthedocs.io/en/stable/topics/consumers.html#closing-consumers"
_RETRIEVED = "https://docs.python.org/3/library/asyncio-dev.html#detect-never-retrieved-exceptions"
_MAKERS = ("create_task", "ensure_future")
_SENT_TWICE = 2
_UNSEEN = "Task exception was never retrieved"


@rule("task-failed-unseen", page=_RETRIEVED, fallback=True)
def task_failed_unseen(evidence: Evidence) -> Said | None:
    """An exception in a task of its own, which nobody awaits."""
    for event in evidence.of("log"):
        if not str(event.details.get("text", "")).startswith(_UNSEEN):
            continue
        place = evidence.own_frame(event)
        if not place:
            continue
        function = function_at(evidence.source, place)
        name = function.name if function else "work"
        return Said(
            see=f"`Task exception was never retrieved`: `{event.details.get('error', '')}`. The connection went on as "
            "if nothing had happened.",
            why="A task that `asyncio.create_task` starts runs beside your method. Its exception goes to whoever "
            "awaits the task, and nobody does: Python only logs it once the task is thrown away.",
            change=f"Mend the line. Let `{name}` catch what it expects, and tell the client; or `await` the task.",
            place=place,
        )
    return None


@rule("task-outlives-connection", page=_CLOSING)
def task_outlives_connection(evidence: Evidence) -> Said | None:
    """A task goes on sending after its consumer has ended."""
    for connection in evidence.connections:
        ends = connection.of("end")
        late = [event for event in connection.of("send") if ends and event.t > ends[0].t]
        refused = _refused(evidence) if ends else ""
        if connection.type != "websocket" or (len(late) < _SENT_TWICE and not refused):
            continue
        sent = f"sent {len(late)} more messages, to nobody." if not refused else f"wanted to send: `{refused}`."
        for consumer in evidence.consumers_of(connection):
            made = [call for name in _MAKERS for call in consumer.calls(name)]
            if made and not consumer.calls("cancel"):
                wait = "await " if consumer.is_async else ""
                return Said(
                    see=f"The client had left and the consumer had ended; one of its tasks {sent}",
                    why="A task lives on until its function returns or it is cancelled. That the connection is over "
                    "does not end it: each visit leaves one running.",
                    change=f"Keep it, `self.task = asyncio.create_task(…)`, and end it in `{_word(wait)}"
                    "disconnect(self, code)` with `self.task.cancel()`.",
                    place=made[0].place,
                )
    return None


def _refused(evidence: Evidence) -> str:
    """What Daphne said to a task that sent between the client's close frame and the end of TCP; "" where it did not."""
    for event in evidence.of("log"):
        error = str(event.details.get("error", ""))
        if error.startswith("Disconnected") and str(event.details.get("text", "")).startswith(_UNSEEN):
            return error
    return ""


def _word(wait: str) -> str:
    return "async def " if wait else "def "


@rule("endless-loop-in-method", page=_CLOSING, instead_of=("killed-at-the-end", "websocket-method-replaced"))
def endless_loop_in_method(evidence: Evidence) -> Said | None:
    """`while True` in a consumer's method: no other event is handled, not even the end."""
    for connection in evidence.connections:
        for consumer in evidence.consumers_of(connection) if _stuck(evidence, connection) else ():
            for method in consumer.methods.values():
                loop = _endless(method)
                if consumer.is_async and loop and not _is_task(consumer, method):
                    return Said(
                        see=f"The client left; the consumer stayed in `{method.name}`, and `disconnect()` never came.",
                        why="A consumer handles one event after another. While this loop goes round, no message is "
                        "received and no end is seen; after 10 seconds Daphne kills it.",
                        change=f"Put the loop into a method of its own, start it in `{method.name}` with `self.task = "
                        "asyncio.create_task(self.tick())`, and `self.task.cancel()` in `disconnect`.",
                        place=Place(method.path, loop.lineno, evidence.source.line(method.path, loop.lineno)),
                    )
    return None


def _stuck(evidence: Evidence, connection: Connection) -> bool:
    """Whether the consumer went on after its client had left, and never asked for the end; or was ended for it."""
    if connection.type != "websocket" or connection.received("websocket.disconnect"):
        return False
    left = [event.t for event in connection.client_events if event.kind == "closed"]
    late = [event for event in connection.of("send") if left and event.t > left[0]]
    errors = [str(event.details.get("error", "")) for event in connection.of("error")]
    killed = any(error.startswith("CancelledError") for error in errors) and evidence.search(
        "took too long to shut down"
    )
    # Between the client's close frame and the end of TCP, Daphne refuses what is sent.
    refused = any(error.startswith("Disconnected") for error in errors) and not connection.sent("websocket.close")
    return len(late) >= _SENT_TWICE or bool(killed) or refused


def _endless(method: Method) -> ast.While | None:
    """`while True` without a way out."""
    for node in ast.walk(method.node):
        if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value:
            ways_out = [part for part in ast.walk(node) if isinstance(part, ast.Break | ast.Return | ast.Raise)]
            if not ways_out:
                return node
    return None


def _is_task(consumer: Consumer, method: Method) -> bool:
    """Whether a method is run as a task: `asyncio.create_task(self.tick())`."""
    calls: list[Call] = consumer.calls(method.name)
    return any(call.awaited and not call.statement and "create_task" in call.place.code for call in calls)
