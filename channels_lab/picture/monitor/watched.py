"""Commands as they are watched: one after the other, those of the channel layer marked and said in its words."""

import re
from collections import Counter
from dataclasses import dataclass

from channels_lab.picture.monitor.layer_commands import Key, Meaning, event_of, meaning_in_script, meaning_of
from channels_lab.picture.monitor.layer_event import read_event
from channels_lab.picture.monitor.redis_command import Command

__all__ = ["Interpreter", "Watched"]

_CHATTER = {"AUTH", "CLIENT", "COMMAND", "HELLO", "PING", "QUIT", "READONLY", "RESET", "SELECT"}
_SCRIPTS = {"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO"}
# A group's members are asked for just before its message goes out, never so much earlier (seconds).
_SOON = 1.0
_SENDING = ("send", "group_send", "receive")
_ID = re.compile("[0-9a-f]{4}…")


@dataclass
class Watched:
    """A command that was seen: `t` in seconds of the server's clock, and `text`, what was sent, fit to be shown.

    `layer` marks it as the channel layer's; `meaning` says it in the layer's words, `call` counts it as a call of
    that name ("group_send"), `lost` says that a message was dropped. `inside` is a command that a Lua script ran.
    Commands that are alike in `like` differ in nothing worth a row of its own.
    """

    t: float
    client: str
    name: str
    text: str
    meaning: str = ""
    call: str = ""
    layer: bool = False
    inside: bool = False
    lost: bool = False
    like: tuple[str, ...] = ()

    @property
    def chatter(self) -> bool:
        """Whether it only opens or tries a connection."""
        return not self.layer and not self.inside and self.name in _CHATTER

    def mark(self, meaning: Meaning | None) -> None:
        """Mark it as the channel layer's, when it has a meaning there."""
        if meaning:
            self.layer, self.meaning, self.call = True, meaning.text, meaning.call


class Interpreter:
    """Reads commands in their order, and marks those of a channel layer that has this `prefix`."""

    def __init__(self, prefix: str = "asgi") -> None:
        self.prefix = prefix.encode()
        self._cleaned: Counter[str] = Counter()  # groups that were cleaned up, and not asked for their members yet
        self._asked: dict[str, float] = {}  # groups that were asked for their members, and when
        self._transactions: dict[str, Watched] = {}  # by client: its open MULTI
        self._script: Watched | None = None  # the one that runs
        self._room: tuple[bytes, Watched] | None = None  # the script has asked whether there is room at this key

    def read(self, command: Command) -> Watched:
        """Say what a command is. It may tell, too, what one before it was: that one is marked then."""
        text = command.shown()
        seen = Watched(command.t, command.client, command.name, text, inside=command.in_script, like=(text,))
        self._see_whether_there_was_room(command)
        if command.in_script:
            self._read_inside(seen, command)
        else:
            self._script = None
            self._read_alone(seen, command)
        return seen

    def _read_alone(self, seen: Watched, command: Command) -> None:
        key = Key.of(command, self.prefix)
        if command.name in _SCRIPTS:
            self._script = seen
            seen.mark(self._meaning_of_script(command))
        elif (command.name, key.kind) == ("ZRANGE", "group") and not self._asks_for_members(key, command.t):
            seen.meaning = f"somebody looks at who is in {key.name}"
        else:
            seen.mark(meaning_of(command, key))
        if seen.layer:
            # What is sent makes a difference, and who joins a group makes none.
            says = self._script or seen.call in _SENDING
            seen.like = (command.name, _ID.sub("…", key.name), seen.meaning if says else "")
        if (command.name, key.kind) == ("ZREMRANGEBYSCORE", "group"):
            self._cleaned[key.name] += 1
        self._see_transaction(seen)

    def _asks_for_members(self, group: Key, now: float) -> bool:
        """Whether it is group_send that asks: it has just cleaned the group up."""
        if not self._cleaned[group.name]:
            return False
        self._cleaned[group.name] -= 1
        self._asked[group.name] = now
        return True

    def _see_transaction(self, seen: Watched) -> None:
        if seen.name == "MULTI":
            self._transactions[seen.client] = seen
        elif opened := self._transactions.get(seen.client):
            if seen.layer and not opened.layer:
                opened.mark(Meaning("what follows goes together: a transaction"))
            elif seen.name == "EXEC" and self._transactions.pop(seen.client).layer:
                seen.mark(Meaning("the transaction ends"))

    def _read_inside(self, seen: Watched, command: Command) -> None:
        seen.like = (command.name, "inside")
        seen.meaning = "part of the script"
        if not self._script:
            return
        seen.client = self._script.client
        if self._script.layer:
            key = Key.of(command, self.prefix)
            seen.mark(meaning_in_script(command, key))
            if (command.name, key.kind) == ("ZCOUNT", "channel"):
                self._room = (command.words[1], seen)

    def _meaning_of_script(self, command: Command) -> Meaning | None:
        """Tell a script of the layer by the shape of its arguments: EVAL script number key… argument…"""
        words = command.words[2:]
        number = int(words[0]) if words and words[0].isdigit() and len(words[0]) < 10 else 0
        keys, arguments = words[1 : number + 1], words[number + 1 :]
        if keys and arguments and Key.read(keys[0], self.prefix).kind == "channel":
            return Meaning(self._group_send(keys, arguments[:number], command.t))
        if len(arguments) == 2 and arguments[1] == arguments[0] + b"$inflight":
            name = Key.read(arguments[0], self.prefix).name
            return Meaning(f"receive on {name}: first, what a cancelled one may have left")
        if arguments == (self.prefix + b"*",):
            return Meaning("flush: every key of the layer is deleted", "flush")
        return None

    def _group_send(self, keys: tuple[bytes, ...], messages: tuple[bytes, ...], now: float) -> str:
        groups = [name for name, asked in self._asked.items() if now - asked < _SOON]
        # The script names no group. It is the one that was asked just before, when that was only one.
        if len(groups) < 2:
            self._asked.clear()
        group = f" {groups[0]}" if len(groups) == 1 else f" (one of {', '.join(groups[:4])})" if groups else ""
        channels = sum(len(event.channels) if (event := read_event(message)) else 1 for message in messages)
        # A key that ends with "!" is a process: it has one for all its consumers.
        processes = sum(key.endswith(b"!") for key in keys)
        where = f"{channels} channel{'s' * (channels != 1)}"
        where += f" in {processes} process{'es' * (processes != 1)}" if processes else ""
        return f"group_send{group}: {event_of(messages[0])} to {where}"

    def _see_whether_there_was_room(self, command: Command) -> None:
        """A script of group_send that asks for room, and does not add then, has dropped the message."""
        if not self._room:
            return
        (key, asked), self._room = self._room, None
        if not (command.in_script and command.name == "ZADD" and command.words[1:2] == (key,)):
            asked.lost = True
            asked.meaning = f"full: the message for {Key.read(key, self.prefix).name} is dropped"
