"""Rules about background workers: what stops one, and what its consumer is not."""

import ast
import difflib
import re

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.jobs import layer_sends, routed_channels, worker_channels
from channels_lab.explain.outcome import outcome

__all__: list[str] = []

_WORKER = "https://channels.readthedocs.io/en/stable/topics/worker.html"
_ROUTING = "https://channels.readthedocs.io/en/stable/topics/routing.html"
_OFFERED = ("url_route", "user", "session", "cookies", "path", "headers", "client", "query_string")


@rule("worker-message-without-type", page=f"{_WORKER}#sending")
def worker_message_without_type(evidence: Evidence) -> Said | None:
    """A job without a type ends the worker."""
    raised = evidence.raised(r"Worker received message with no type")
    if not raised:
        return None
    sends = layer_sends(evidence)
    jobs = [call for call in sends if call.value(0, "channel") in worker_channels(evidence)]
    calls = [call for call in sends if _lacks_type(call)] or jobs
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="A worker picks the method for a message by its `type`, as every consumer does. One that has none is an "
        "error in the worker itself, not in your consumer: it ends the whole process, and jobs wait.",
        change='Give the message a type: `{"type": "task.run", …}` calls `task_run(self, event)`. Then start '
        "the worker again.",
        place=calls[0].place if calls else None,
    )


def _lacks_type(call: Call) -> bool:
    message = call.argument(1, "message")
    keys = [key.value if isinstance(key, ast.Constant) else None for key in getattr(message, "keys", ())]
    return isinstance(message, ast.Dict) and None not in keys and "type" not in keys


@rule("worker-no-handler", page=f"{_WORKER}#receiving-and-consumers", instead_of=("handler-typo",))
def worker_no_handler(evidence: Evidence) -> Said | None:
    """The worker's consumer has no method for the type of a job."""
    raised = _in_worker(evidence, r"No handler for message type (\S+)")
    connection = evidence.connection_of(raised)
    if not raised or not connection:
        return None
    kind = raised.match[1]
    wanted = kind.replace(".", "_")
    consumer = next(iter(evidence.source.consumers(connection.consumer)), None)
    methods = [name for name in consumer.methods if not name.startswith("_")] if consumer else []
    near = (difflib.get_close_matches(wanted, methods, 1, 0.6) or methods[:1] * (len(methods) == 1))[:1]
    has = f" `{connection.consumer}` has `{near[0]}`." if near else ""
    sent = evidence.source.strings(kind)
    place = consumer.methods[near[0]].place if consumer and near else consumer.place if consumer else None
    return Said(
        see=f"`{raised.text}`, in the worker on `{connection.details.get('channel', '')}`; that job is lost, "
        "with those that this worker had taken already. It lives on.",
        why=f"The type names the method, with dots replaced by underscores: `{kind}` is handled by `{wanted}`.{has}",
        change=f"Let both agree: name the method `{wanted}(self, event)`, or send the type that it has.",
        place=place or (sent[0] if sent else None),
    )


def _in_worker(evidence: Evidence, pattern: str) -> Raised | None:
    """An exception of a consumer that runs in a worker."""
    raised = evidence.raised(pattern) if evidence.ran("runworker") else None
    connection = evidence.connection_of(raised)
    return raised if connection and connection.type == "channel" else None


@rule("worker-not-routed", page=f"{_ROUTING}#protocoltyperouter")
def worker_not_routed(evidence: Evidence) -> Said | None:
    """The router has no key "channel"."""
    raised = evidence.raised(r"No application configured for scope type 'channel'")
    if not raised:
        return None
    names = " ".join(worker_channels(evidence)) or "tasks"
    calls = evidence.source.calls("ProtocolTypeRouter", evidence.source.asgi_path or None)
    return Said(
        see=f"`{raised.text}`, in the worker; the job is lost.",
        why="A worker runs the same application as the server, with connections of the type `channel`. This "
        "`ProtocolTypeRouter` knows no such type.",
        change='Add to it: `"channel": ChannelNameRouter({' + f'"{names.split()[0]}": YourConsumer.as_asgi()' + "})`.",
        place=calls[0].place if calls else None,
    )


@rule("worker-channel-not-routed", page=f"{_ROUTING}#channelnamerouter")
def worker_channel_not_routed(evidence: Evidence) -> Said | None:
    """The worker reads a channel that the ChannelNameRouter does not have."""
    raised = evidence.raised(r"No application configured for channel name '(.*?)'")
    if not raised:
        return None
    name = raised.match[1]
    known = routed_channels(evidence)
    has = f"has {', '.join(f'`{one}`' for one in known)}" if known else "has no channel"
    places = [place for one in known for place in evidence.source.strings(one, evidence.source.asgi_path or None)]
    calls = evidence.source.calls("ChannelNameRouter")
    return Said(
        see=f"`{raised.text}`, in the worker; the job is lost.",
        why=f"The worker reads the channel `{name}`, as its command says. The `ChannelNameRouter` {has}.",
        change=f'Write the one name everywhere: in the router, `"{name}": YourConsumer.as_asgi()`, in '
        f"`runworker {name}`, and in the line that sends.",
        place=places[0] if places else calls[0].place if calls else None,
    )


@rule("worker-sends-to-nobody", page=f"{_WORKER}#receiving-and-consumers")
def worker_sends_to_nobody(evidence: Evidence) -> Said | None:
    """A worker's consumer calls `self.send`, as if a client were there."""
    raised = evidence.raised(r"You must implement application_send\(\)")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`, in the worker, at `self.send`.",
        why="A worker's consumer has no client: it was called by a message, not by a connection. There is nobody that "
        "`self.send` could send to.",
        change='Put `self.channel_name` into the job as `"reply_to"`, and answer over the layer: '
        '`channel_layer.send(event["reply_to"], {"type": "chat.message", …})`.',
        place=raised.place,
    )


@rule(
    "worker-scope",
    page=f"{_WORKER}#receiving-and-consumers",
    instead_of=("no-auth-stack", "no-url-route", "view-habit"),
)
def worker_scope(evidence: Evidence) -> Said | None:
    """A worker's consumer asks its scope for what only a connection has."""
    raised = _in_worker(evidence, rf"KeyError: '({'|'.join(_OFFERED)})'")
    if not raised or not raised.place or not re.search(r"\bscope\b", raised.place.code):
        return None
    return Said(
        see=f"`{raised.text}`, in the worker; that job is lost.",
        why="A worker's scope has two keys, `type` and `channel`. There is no client, so there is no user, path or "
        "session: what the job needs must be in the message.",
        change="Put what the job needs into the message where you send it, as texts and numbers, and read it from "
        "`event` here.",
        place=raised.place,
    )
