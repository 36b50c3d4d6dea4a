"""A fleet as it is now: clients, the proxy, the servers behind it with their connections, Redis, and workers."""

from dataclasses import dataclass, field
from html import escape

from channels_lab.picture.drawn import Drawn
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.style import INK, PAPER

__all__ = ["Fleet", "Member"]

_WIDTH, _BOX, _HIGH, _GAP = 940, 150, 44, 16
_COLUMNS = (20, 266, 530, 770)  # where clients, the proxy, servers and the rest begin
_LINE = "#3b6ea5"
_GONE = "#b3402e"


@dataclass(frozen=True)
class Member:
    """A server or worker: its `name`, whether it is `alive`, and the open connections through the proxy and past it."""

    name: str
    alive: bool = True
    through: int = 0
    direct: int = 0


@dataclass(frozen=True)
class Fleet:
    """What there is: `front` is the proxy's name ("" for none), `redis` that of Valkey or Redis."""

    servers: list[Member] = field(default_factory=list)
    front: str = ""
    redis: str = ""
    workers: list[Member] = field(default_factory=list)

    @property
    def connections(self) -> int:
        """How many are open to the servers."""
        return sum(one.through + one.direct for one in self.servers)

    @property
    def text(self) -> str:
        """The fleet as lines."""
        lines = []
        if self.front:
            lines.append(f"{_clients(sum(one.through for one in self.servers))} ─▶ {self.front}")
        for one in self.servers:
            state = "" if one.alive else "   ✗ gone"
            if self.front:
                lines.append(f"    {self.front} ─▶ {one_line(one.name)}: {one.through} open{state}")
            if one.direct or not self.front:
                lines.append(f"    {_clients(one.direct)} ─▶ {one_line(one.name)}{state if not self.front else ''}")
        if self.redis:
            names = [one_line(one.name) for one in (*self.servers, *self.workers) if one.alive]
            lines.append(f"    {', '.join(names)} ◀─▶ {self.redis}")
        return "\n".join(lines) or "Nothing is started."

    def drawn(self) -> Drawn:
        """The fleet as a picture."""
        spread = ", ".join(
            f"{one_line(one.name)} {one.through + one.direct}{'' if one.alive else ' (gone)'}" for one in self.servers
        )
        about = f"{_clients(self.connections)}; connections by server: {spread}." if spread else "Nothing is started."
        return Drawn("The fleet now", self._svg(about), about, self.text)

    def _svg(self, about: str) -> str:
        rows = max(len(self.servers), len(self.workers) + bool(self.redis), 1)
        height = rows * (_HIGH + _GAP) + _GAP
        middle = height / 2
        places = _spread(len(self.servers), height)
        right = _spread(len(self.workers) + bool(self.redis), height)
        parts: list[str] = []
        through = sum(one.through for one in self.servers)
        direct = sum(one.direct for one in self.servers)
        if self.front:
            parts.append(_line(_COLUMNS[0] + _BOX, middle, _COLUMNS[1], middle, through))
        for one, y in zip(self.servers, places, strict=True):
            if self.front:
                parts.append(_line(_COLUMNS[1] + _BOX, middle, _COLUMNS[2], y, one.through, one.alive))
            if one.direct:
                parts.append(_line(_COLUMNS[0] + _BOX, middle, _COLUMNS[2], y, one.direct))
            if self.redis and one.alive:
                parts.append(_line(_COLUMNS[2] + _BOX, y, _COLUMNS[3], right[0], None))
        parts.append(_box(_COLUMNS[0], middle, _clients(through + direct)))
        if self.front:
            parts.append(_box(_COLUMNS[1], middle, self.front))
        parts += [_box(_COLUMNS[2], y, one.name, one.alive) for one, y in zip(self.servers, places, strict=True)]
        rest = [Member(self.redis)] if self.redis else []
        for one, y in zip([*rest, *self.workers], right, strict=True):
            parts.append(_box(_COLUMNS[3], y, one.name, one.alive))
            if self.redis and one is not rest[0]:
                x = _COLUMNS[3] + _BOX / 2
                parts.insert(0, f'<line x1="{x}" y1="{right[0]:.0f}" x2="{x}" y2="{y:.0f}" stroke="{INK}"/>')
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
            f'height="{height}" role="img" font-family="DejaVu Sans, Verdana, sans-serif" font-size="13">'
            f"<title>The fleet now</title><desc>{escape(about)}</desc>"
            f'<rect width="{_WIDTH}" height="{height}" fill="{PAPER}"/>{"".join(parts)}</svg>'
        )


def _clients(number: int) -> str:
    return "1 connection" if number == 1 else f"{number} connections"


def _spread(number: int, height: float) -> list[float]:
    """The middles of so many boxes, one below the other."""
    step = _HIGH + _GAP
    first = height / 2 - (number - 1) * step / 2
    return [first + place * step for place in range(number)]


def _box(x: float, middle: float, name: str, alive: bool = True) -> str:
    colour = INK if alive else _GONE
    dash = "" if alive else ' stroke-dasharray="5 4"'
    said = one_line(name, 18) if alive else f"✗ {one_line(name, 10)}: gone"
    return (
        f'<rect x="{x}" y="{middle - _HIGH / 2:.0f}" width="{_BOX}" height="{_HIGH}" rx="7" fill="{PAPER}" '
        f'stroke="{colour}" stroke-width="1.6"{dash}/>'
        f'<text x="{x + _BOX / 2}" y="{middle + 5:.0f}" text-anchor="middle" fill="{colour}">{escape(said)}</text>'
    )


def _line(x: float, y: float, to_x: float, to_y: float, number: int | None, alive: bool = True) -> str:
    """A line as thick as its connections are many, with their number at its end."""
    if not alive:
        return ""
    width = 1.2 if not number else min(1.5 + number / 8, 9)
    colour = _LINE if number else "#9a9a9a"
    line = f'<line x1="{x}" y1="{y:.0f}" x2="{to_x}" y2="{to_y:.0f}" stroke="{colour}" stroke-width="{width:.1f}"/>'
    if number is None:
        return line
    at_x, at_y = x + (to_x - x) * 0.62, y + (to_y - y) * 0.62
    return (
        f'{line}<rect x="{at_x - 15:.0f}" y="{at_y - 10:.0f}" width="30" height="20" rx="5" fill="{PAPER}"/>'
        f'<text x="{at_x:.0f}" y="{at_y + 5:.0f}" text-anchor="middle" fill="{INK}">{number}</text>'
    )
