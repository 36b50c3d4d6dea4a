"""Rules about membership: messages to groups that reach nobody, or somebody who has left."""

import ast
import difflib
import re
from collections.abc import Iterator

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.traffic import Member, Sending, Traffic, best_call, ended, handles, in_colour, layer_calls

__all__: list[str] = []

_GROUPS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#groups"
_WAITED = r"NothingCame: (\S+) waited"


def _unheard(evidence: Evidence) -> Iterator[tuple[Traffic, Sending, Connection]]:
    """What was sent to groups that never had a member, with a connection that has the method for it."""
    if not evidence.layer("group_send"):
        return
    traffic = Traffic(evidence)
    groups = {member.group for member in traffic.members}
    for sending in traffic.group_sends:
        if sending.to not in groups:
            for connection in traffic.live(sending.event.t):
                if handles(evidence, connection, sending.kind):
                    yield traffic, sending, connection


@rule("group-never-joined", page=_GROUPS)
def group_never_joined(evidence: Evidence) -> Said | None:
    """Messages are sent to a group, and no code ever joins one."""
    for _, sending, connection in _unheard(evidence):
        if _joins_somewhere(evidence):
            return None
        call = best_call(evidence, "group_send", sending.event)
        consumer = evidence.consumers_of(connection)[0]
        add = f"{'await ' * consumer.is_async}self.channel_layer.group_add"
        add = add if consumer.is_async else f"async_to_sync({add})"
        return Said(
            see=f"A message was sent to the group `{sending.to}`; no consumer got it, and no error said so.",
            why=f"A group has the members that `group_add` puts into it. `{consumer.name}` has a method for "
            "the message, and nothing in the project calls `group_add`.",
            change=f"In `connect()`, before `accept()`, write `{add}({_argument(call)}, self.channel_name)`; in "
            "`disconnect()` the same with `group_discard`.",
            place=call.place if call else None,
        )
    return None


def _joins_somewhere(evidence: Evidence) -> bool:
    """Whether any code joins a group, by a call or by the class's `groups`."""
    source = evidence.source
    classes = [item for consumer in source.consumers() for _, node in consumer.lineage for item in node.body]
    return bool(
        source.calls("group_add")
        or source.references("group_add")
        or any(isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "groups" for item in classes)
    )


def _argument(call: Call | None) -> str:
    """The group, as a call writes it."""
    node = call.argument(0, "group") if call else None
    return ast.unparse(node) if node is not None else "group"


@rule("group-names-differ", page=_GROUPS)
def group_names_differ(evidence: Evidence) -> Said | None:
    """`group_add` and `group_send` mean one group, and call it by two names."""
    for traffic, sending, connection in _unheard(evidence):
        for member in traffic.members:
            send = best_call(evidence, "group_send", sending.event)
            add = best_call(evidence, "group_add", member.event)
            if member.connection is connection and send and add and _meant_one(member.group, sending.to, add, send):
                return Said(
                    see=f"A message was sent to the group `{sending.to}`, which has no members; nobody got it.",
                    why=f"The consumers joined `{member.group}` ({add.place.path}, line {add.place.line}: "
                    f"`{_argument(add)}`). Groups come into being by their name: another name is another group.",
                    change=f"Use one name for both. Best make it once, `self.group = …` in `connect()`; here that is "
                    f"`group_send({_argument(add)}, …)`.",
                    place=send.place,
                )
    return None


def _meant_one(joined: str, sent: str, add: Call, send: Call) -> bool:
    """Whether two names are meant to be one: written differently, and hardly different."""
    if _argument(add) == _argument(send):
        return False
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in (joined, sent)]
    if plain[0] in plain[1] or plain[1] in plain[0]:
        return True
    digits = [re.sub(r"\D", "", name) for name in (joined, sent)]
    return digits[0] == digits[1] and difflib.SequenceMatcher(None, plain[0], plain[1]).ratio() >= 0.8


@rule("group-joined-late", page=_GROUPS)
def group_joined_late(evidence: Evidence) -> Said | None:
    """A consumer sends to its group before it is in it, and its client waits for the message."""
    waited = evidence.raised(_WAITED) if evidence.layer("group_send") else None
    if not waited:
        return None
    traffic = Traffic(evidence)
    for sending in traffic.group_sends:
        for member in traffic.members:
            if _joined_after(evidence, sending, member) and not traffic.members_of(sending.to, sending.event.t):
                send = best_call(evidence, "group_send", sending.event) or _first(evidence, "group_send", sending)
                add = best_call(evidence, "group_add", member.event)
                if send and add and send.function is add.function and send.place.line < add.place.line:
                    return Said(
                        see=f"{waited.match[1]} waited for a message to the group `{sending.to}`; it was sent, and "
                        "nobody got it.",
                        why="A group's message goes to those who are members at that moment; none is kept for later. "
                        f"This consumer joins in line {add.place.line}, after it has sent.",
                        change="Move `group_add` up, before the line that sends.",
                        place=send.place,
                    )
    return None


def _first(evidence: Evidence, name: str, sending: Sending) -> Call | None:
    calls = layer_calls(evidence, name, sending.event)
    return calls[0] if calls else None


def _joined_after(evidence: Evidence, sending: Sending, member: Member) -> bool:
    """Whether the consumer that sent joined that group later, in the same go."""
    connection = evidence.connection_of(sending.event)
    if not connection or member.connection is not connection or member.group != sending.to:
        return False
    between = [e for e in connection.events if e.kind == "receive" and sending.event.t < e.t < member.event.t]
    return sending.event.t < member.event.t and not between


@rule("dead-member", page=_GROUPS, instead_of=("messages-dropped",))
def dead_member(evidence: Evidence) -> Said | None:
    """A consumer has ended in good order, and its channel is still in a group that is sent to."""
    if not evidence.layer("group_send") or "PubSub" in evidence.backend():
        return None
    if any("group_discard" in str(event.details) for event in evidence.of("unawaited")):
        return None
    traffic = Traffic(evidence)
    for sending in traffic.group_sends:
        for member in traffic.members_of(sending.to, sending.event.t, sending.store):
            connection = member.connection
            if connection and connection.of("end") and ended(connection) < sending.event.t:
                add = best_call(evidence, "group_add", member.event)
                return Said(
                    see=f"The group `{sending.to}` has a member that is gone: {connection.client or 'a client'} left, "
                    "and messages are still put into its channel.",
                    why="A consumer that ends does not leave its groups by itself. Its channel stays a member, over "
                    "Redis for a day (`group_expiry`), and fills with messages that nobody reads.",
                    change=_leave(evidence, traffic, connection, add),
                    place=add.place if add else None,
                )
    return None


def _leave(evidence: Evidence, traffic: Traffic, connection: Connection, add: Call | None) -> str:
    """What to do about a member that did not leave."""
    others = [
        event.details.get("to") for event in traffic.discards if event.key == (connection.process, connection.number)
    ]
    group = _argument(add)
    if others:
        return f"`disconnect()` takes it out of `{others[-1]}`: let it name the group that was joined, `{group}`."
    consumer = next(iter(evidence.consumers_of(connection)), None)
    written = consumer.calls("group_discard") if consumer else []
    if written:
        return f"`group_discard` in line {written[0].place.line} was not reached: call it in `disconnect(self, code)`."
    return f"Write in `disconnect(self, code)`: `{in_colour(add, 'group_discard')}({group}, self.channel_name)`."
