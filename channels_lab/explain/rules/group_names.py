"""Rules about the names of groups and channels: what is a name, and whether it is that of a group or of a channel."""

import ast
import re

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.outcome import outcome
from channels_lab.explain.traffic import Traffic, best_call, in_colour, layer_calls
from channels_lab.record.events import Event

__all__: list[str] = []

_GROUPS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#groups"
_CHANNELS = "https://channels.readthedocs.io/en/stable/channel_layer_spec.html#channels"
_INVALID = r"(Group|Channel) name must be a valid unicode string"
_MOST = 100


def _failed(evidence: Evidence, kind: str) -> Event | None:
    """The layer's call that got a wrong name: its event with what was given."""
    error = next((e for e in evidence.layer() if f"{kind} name must be" in str(e.details.get("error", ""))), None)
    calls = [e for e in evidence.layer() if error and "error" not in e.details and e.t <= error.t]
    same = [e for e in calls if error and (e.key, e.details["call"]) == (error.key, error.details["call"])]
    return same[-1] if same else error


def _is_swapped(event: Event | None) -> bool:
    """Whether the channel is given where the group belongs."""
    return event is not None and event.details["call"].startswith("group_") and "!" in str(event.details.get("to", ""))


@rule("group-and-channel-swapped", page=_GROUPS)
def group_and_channel_swapped(evidence: Evidence) -> Said | None:
    """`group_add(self.channel_name, group)`."""
    raised = evidence.raised(_INVALID)
    failed = _failed(evidence, "Group") if raised else None
    if not raised or not failed or not _is_swapped(failed):
        return None
    call = str(failed.details["call"])
    return Said(
        see=f"`{raised.text[:70]}…`; {outcome(evidence, raised)}.",
        why=f"`{call}` takes the group first. Given as group was `{failed.details['to']}`: with its `!`, this is "
        "the name of a channel.",
        change="Swap the two: `group_add(group, self.channel_name)`; `group_discard` as well."
        if call != "group_send"
        else "One channel is reached with `channel_layer.send(channel, message)`.",
        place=raised.place,
    )


@rule("group-name-invalid", page=_GROUPS)
def group_name_invalid(evidence: Evidence) -> Said | None:
    """A group's name has signs that are not allowed, or too many of them."""
    raised = evidence.raised(_INVALID)
    failed = _failed(evidence, "Group") if raised else None
    if not raised or raised.match[1] != "Group" or _is_swapped(failed):
        return None
    name = str(failed.details.get("to", "")) if failed else ""
    return Said(
        see=f"`{raised.text[:70]}…`; {outcome(evidence, raised)}.",
        why=f"{_fault(name, failed)} A group's name has fewer than 100 characters, and only ASCII letters, digits, "
        "`-`, `_` and `.`.",
        change="Make a name of it that always fits: "
        '`"chat_" + hashlib.sha256(room.encode()).hexdigest()[:40]`. Keep the room\'s own name for showing it.',
        place=raised.place,
    )


@rule("channel-name-invalid", page=_CHANNELS)
def channel_name_invalid(evidence: Evidence) -> Said | None:
    """What is given as a channel is none: an object, or a name with odd signs."""
    raised = evidence.raised(_INVALID)
    if not raised or raised.match[1] != "Channel":
        return None
    failed = _failed(evidence, "Channel")
    adds = failed is not None and failed.details["call"] in ("group_add", "group_discard")
    name = str(failed.details.get("message" if adds else "to", "")) if failed else ""
    return Said(
        see=f"`{raised.text[:72]}…`; {outcome(evidence, raised)}.",
        why=f"{_fault(name, failed)} A channel's name is a text of fewer than 100 characters: ASCII letters, digits, "
        "`-`, `_`, `.`, and a `!` in those that Channels makes.",
        change="A consumer's own channel is `self.channel_name`: `group_add(group, self.channel_name)`."
        if adds
        else "Send to `self.channel_name` of a consumer, or to a worker's channel with a plain name.",
        place=raised.place,
    )


def _fault(name: str, failed: Event | None) -> str:
    """What is wrong with a name, in a sentence; less of it where no call of a layer is recorded, as in a cell."""
    if failed is None:
        return "A sign in it is not allowed, or it is too long or empty."
    odd = sorted({sign for sign in name if not re.match(r"[A-Za-z\d\-_.]", sign)})
    if name.startswith("<"):
        return f"`{name[:60]}` is an object, and no name."
    if odd:
        shown = ", ".join("a space" if sign == " " else f"`{sign}`" for sign in odd[:4])
        return f"`{name[:40]}` has {shown}."
    if len(name) >= _MOST:
        return f"`{name[:20]}…` has {len(name)} characters."
    return f"`{name}` is empty, or no text."


@rule("sent-to-a-group", page=_GROUPS)
def sent_to_a_group(evidence: Evidence) -> Said | None:
    """`channel_layer.send` with the name of a group."""
    if not evidence.layer("send") or not evidence.layer("group_add"):
        return None
    traffic = Traffic(evidence)
    read = {str(event.details.get("to", "")) for event in evidence.layer("receive")}
    for sending in traffic.sends:
        members = traffic.members_of(sending.to, sending.event.t)
        if members and sending.to not in read and not evidence.ran(sending.to):
            call = best_call(evidence, "send", sending.event)
            return Said(
                see=f"A message was sent to the channel `{sending.to}`, and nobody reads a channel of that name.",
                why=f"`{sending.to}` is a group, with {len(members)} member{'s' * (len(members) > 1)}. `send` is "
                "for one channel, and asks nobody whether it exists.",
                change=f"Write `{in_colour(call, 'group_send')}({_group_of(call)}, …)` for a group.",
                place=call.place if call else None,
            )
    return None


@rule("member-is-no-channel", page=_GROUPS)
def member_is_no_channel(evidence: Evidence) -> Said | None:
    """What `group_add` puts into the group is no consumer's channel."""
    if not evidence.layer("group_add") or "PubSub" in evidence.backend():
        return None
    read = {str(event.details.get("to", "")) for event in evidence.layer("receive")}
    for member in Traffic(evidence).members:
        if "!" not in member.channel and member.channel not in read and not evidence.ran(member.channel):
            calls = layer_calls(evidence, "group_add", member.event)
            exact = [call for call in calls if call.value(1, "channel") == member.channel]
            group = _group_of(calls[0] if calls else None)
            return Said(
                see=f"The group `{member.group}` got the member `{member.channel}`, and nobody reads such a channel.",
                why="A group is a list of channels. A consumer's own channel is in `self.channel_name`: a made-up name "
                "such as `specific.a1b2!c3d4`.",
                change=f"Pass that name, without quotes, and never set it yourself: `group_add({group}, "
                "self.channel_name)`.",
                place=(exact or calls)[0].place if calls else None,
            )
    return None


def _group_of(call: Call | None) -> str:
    """How the code names the group, as the first argument of a call."""
    node = call.argument(0, "group") if call else None
    return ast.unparse(node) if node is not None else "group"


@rule("group-add-of-another-process", page=_GROUPS)
def group_add_of_another_process(evidence: Evidence) -> Said | None:
    """The Pub/Sub layer can add channels of its own process only."""
    raised = evidence.raised(r"You can only call group_add\(\) on channels that exist in-process")
    if not raised:
        return None
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="`RedisPubSubChannelLayer` keeps, in each process, which of its own consumers are in which group; the "
        "channel of another process cannot be added here.",
        change="Let each consumer add itself: `group_add(group, self.channel_name)` in `connect()`. Or use "
        "`channels_redis.core.RedisChannelLayer`.",
        place=raised.place,
    )
