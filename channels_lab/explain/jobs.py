"""Jobs: messages to channels with a plain name, which workers read; which are read, and which wait."""

from channels_lab.explain.calls import Call
from channels_lab.explain.chains import nodes_of, tree_of
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.traffic import Sending, Traffic

__all__ = ["jobs_unread", "layer_sends", "routed_channels", "worker_channels"]


def worker_channels(evidence: Evidence) -> list[str]:
    """The channels that workers were started to read, in the order of their commands."""
    words = [word for name in evidence.ran("runworker") for word in _after(evidence.commands[name])]
    return list(dict.fromkeys(words))


def _after(command: str) -> list[str]:
    """The channels in `python manage.py runworker --layer x tasks`."""
    words = command.partition("runworker")[2].split()
    return [
        word
        for number, word in enumerate(words)
        if not word.startswith("-") and (number == 0 or words[number - 1] not in ("--layer", "-v", "--settings"))
    ]


def routed_channels(evidence: Evidence) -> list[str]:
    """The channels in the ChannelNameRouters of the application that ran last."""
    return [
        str(label)
        for node in nodes_of(tree_of(evidence))
        if node.get("layer") == "ChannelNameRouter"
        for label, _ in node.get("branches", ())
    ]


def layer_sends(evidence: Evidence) -> list[Call]:
    """The calls of a layer's `send`."""
    return [call for call in evidence.source.calls("send") if "layer" in call.target]


def jobs_unread(evidence: Evidence) -> list[Sending]:
    """What was sent to channels with a plain name that nobody has taken anything from, and no worker is to read.

    Groups are left out: who sends to one by mistake has another one.
    """
    traffic = Traffic(evidence)
    read = {str(event.details.get("to", "")) for event in evidence.layer("receive")}
    groups = {member.group for member in traffic.members} | {sending.to for sending in traffic.group_sends}
    others = read | groups | {member.channel for member in traffic.members} | set(worker_channels(evidence))
    return [sending for sending in traffic.sends if "!" not in sending.to and sending.to not in others]
