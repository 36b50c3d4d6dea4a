"""An alignment: which step of a story is which expected one, and what became of the lines that found none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from channels_lab.picture.expectation.assignment import assign
from channels_lab.picture.expectation.expectation import Line, holds
from channels_lab.picture.expectation.scene import Scene

__all__ = ["Outcome", "align"]

_CONTROL = re.compile(r"(?:connect|accept|disconnect|closed?|HTTP|GET|POST|group_add|group_discard|group_send)\b")
# What may come in the place of what; in that of a call, a request or a farewell only its like.
_CLOSES = ("close", "closed")
_ANSWERS = {"accept": (*_CLOSES, "HTTP"), "HTTP": (*_CLOSES, "HTTP", "accept"), "close": _CLOSES, "closed": _CLOSES}
_MOST_INSTEAD = 3
_HANDSHAKE = re.compile(r"accept$|HTTP\b")


@dataclass(frozen=True)
class Outcome:
    """What became of a line. `fate` is one of

    - "came": as expected; `place` is its step in the story;
    - "early", "late": step `place` is it, but came before (after) the step of line `beside`;
    - "different": step `place` came instead; "elsewhere": it came as step `place`, to or from another client;
    - "missing"; "unwanted": nothing was expected, and step `place` came.

    `trigger` is the place of the step that should have led to it: what a client had said; None where there is none.
    """

    line: Line
    fate: str
    place: int | None = None
    beside: int | None = None
    trigger: int | None = None


def align(lines: list[Line], scene: Scene) -> list[Outcome]:
    """Find the step of each line, so that as few lines as possible are without, and say what became of the others."""
    return list(_Alignment(lines, scene).outcomes())


class _Alignment:
    def __init__(self, lines: list[Line], scene: Scene) -> None:
        self.lines, self.scene = lines, scene
        self.orders = [scene.order(place) for place in range(len(scene.steps))]
        self.ends = scene.ends
        self.ways = [scene.lanes(line) for line in lines]
        self.clients = [scene.clients_in(line) for line in lines]
        self.inputs = [scene.is_input(line) for line in lines]
        self.alike = [self._on_its_way(number) for number in range(len(lines))]
        self.candidates = [
            [] if line.nothing else [place for place in alike if line.says(scene.steps[place].text)]
            for line, alike in zip(lines, self.alike, strict=True)
        ]
        self.originals = [self._original(number) for number in range(len(lines))]
        self.places = assign(self.candidates, self.orders, self.originals)
        self.taken = {place for place in self.places if place is not None}

    def outcomes(self) -> Iterator[Outcome]:
        for number, (line, place) in enumerate(zip(self.lines, self.places, strict=True)):
            if place is not None:
                yield Outcome(line, "came", place)
            elif line.nothing:
                yield self._silence(number)
            else:
                outcome = self._misplaced(number) or self._other(number)
                self.taken |= {outcome.place} if outcome.place is not None else set()
                yield outcome

    def _on_its_way(self, number: int) -> list[int]:
        """The steps that go from and to where the line says."""
        sources, targets = self.ways[number]
        return [p for p, ends in enumerate(self.ends) if ends and ends[0] in sources and ends[1] in targets]

    def _original(self, number: int) -> int | None:
        """The line by which a client says what this line passes on: it cannot come before that."""
        what = self.lines[number].what
        if self.inputs[number] or not what:
            return None
        said = [k for k in range(number) if self.inputs[k] and _related(self.lines[k].what, what)]
        again = sum(self.lines[k] == self.lines[number] for k in range(number))
        return said[min(again, len(said) - 1)] if said else None

    def _trigger(self, number: int) -> int | None:
        """The place of what a client said and that should have led to this line."""
        original = self.originals[number]
        if original is not None:
            return self.places[original]
        said = [k for k in range(number) if self.inputs[k] and self.places[k] is not None]
        own = [k for k in said if self.clients[k] & self.clients[number]]
        messages = [k for k in said if not _CONTROL.match(self.lines[k].what)]
        # A handshake is answered to its own client, a message leads to others, too.
        first = own if _HANDSHAKE.match(self.lines[number].what) else messages
        return self.places[(first or own or said)[-1]] if said else None

    def _misplaced(self, number: int) -> Outcome | None:
        """The line's step, if it came and only its order is wrong."""
        for place in self.candidates[number]:
            if place in self.taken:
                continue
            for other in [*range(number - 1, -1, -1), *range(number + 1, len(self.lines))]:
                there = self.places[other]
                if there is None or not self.orders[there] & self.orders[place]:
                    continue
                if (other < number) == (place < there):
                    fate = "early" if other < number else "late"
                    return Outcome(self.lines[number], fate, place, other, self._trigger(number))
        return None

    def _other(self, number: int) -> Outcome:
        line, trigger = self.lines[number], self._trigger(number)
        low = max((p for p in (trigger, *self._near(range(number), number)) if p is not None), default=-1)
        high = min(self._near(range(number + 1, len(self.lines)), number), default=len(self.ends))
        instead = [
            p for p in self.alike[number] if low < p < high and p not in self.taken and self._comparable(number, p)
        ]
        # One among many is hardly what came in its place.
        if 0 < len(instead) <= _MOST_INSTEAD and line.what:
            texts = {p: SequenceMatcher(None, line.what, self.scene.steps[p].text).ratio() for p in instead}
            return Outcome(line, "different", max(instead, key=lambda p: (texts[p], -p)), trigger=trigger)
        place = next(
            (p for p in range(0 if trigger is None else trigger, len(self.ends)) if self._elsewhere(number, p)), None
        )
        return Outcome(line, "missing" if place is None else "elsewhere", place, trigger=trigger)

    def _near(self, numbers: range, number: int) -> list[int]:
        """The places of other lines with the same client."""
        return [p for k in numbers if self.clients[k] & self.clients[number] and (p := self.places[k]) is not None]

    def _comparable(self, number: int, place: int) -> bool:
        """Whether a step may have come instead: a message for a message; and for a call, the same call."""
        wanted, found = _CONTROL.match(self.lines[number].what), _CONTROL.match(self.scene.steps[place].text)
        if wanted and found:
            return found[0] in _ANSWERS.get(wanted[0], (wanted[0],))
        return not wanted and not found

    def _elsewhere(self, number: int, place: int) -> bool:
        """Whether a step is what the line says, but of another client."""
        line, ends = self.lines[number], self.ends[place]
        clients, servers = set(self.scene.clients), self.scene.servers
        if place in self.taken or not ends or not line.what or _CONTROL.match(line.what):
            return False
        way = (clients, servers) if self.inputs[number] else (servers, clients)
        named = self.scene.client(line.source if self.inputs[number] else line.target)
        if not named or ends[0] not in way[0] or ends[1] not in way[1]:
            return False
        return line.says(self.scene.steps[place].text)

    def _silence(self, number: int) -> Outcome:
        """Of a line "nothing": the first step that came to the client, between the lines before and after."""
        line, own = self.lines[number], self.clients[number]
        before = [k for k in range(number) if self.places[k] is not None and (self.inputs[k] or self.clients[k] & own)]
        low = max((p for k in before if (p := self.places[k]) is not None), default=-1)
        after = [k for k in range(number + 1, len(self.lines)) if self.clients[k] & own]
        until = [p for k in after if (p := self.places[k]) is not None][:1]
        if after and not until:
            until = [p for k in range(number + 1, after[-1]) if self.inputs[k] and (p := self.places[k]) is not None][
                :1
            ]
        # Who had not been spoken of yet may well be accepted first.
        met = any(self.clients[k] & own for k in before)
        for place in self.alike[number]:
            text = self.scene.steps[place].text
            if low < place < (until or [len(self.ends)])[0] and place not in self.taken and (met or text != "accept"):
                return Outcome(line, "unwanted", place, trigger=low if low >= 0 else None)
        return Outcome(line, "came", None, trigger=low if low >= 0 else None)


def _related(one: str, other: str) -> bool:
    """Whether one of two texts is a part of the other."""
    return bool(one and other) and (holds(one, other) or holds(other, one))
