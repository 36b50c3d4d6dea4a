"""How a room looks from a notebook: where one is, what the leader says, and exactly what was sent."""

import json
import time
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from channels_lab.course.course import Course
from channels_lab.explain.explanation import marked
from channels_lab.notebook.pages import place_of
from channels_lab.notebook.told import box

if TYPE_CHECKING:
    from channels_lab.notebook.attendance import Attendance

__all__ = ["RoomView", "SentView"]

_MOST_SHOWN = 200
_CELL = "text-align: left; vertical-align: top; padding: 1px 8px; border: 0"


class RoomView:
    """The room in a few sentences; shows itself."""

    def __init__(self, attendance: "Attendance") -> None:
        self.attendance = attendance
        self.resumed = False  # whether it was joined in another notebook
        self._timer_ends = 0.0

    def lines(self) -> list[str]:
        """The sentences; what stands in backticks is code."""
        courier = self.attendance.courier
        before = " You have joined in another notebook." if self.resumed else ""
        lines = [f"You are {courier.name} in the room {courier.address}.{before}{self.waits()}"]
        lines.append(f"Its board: {self._page()}")
        lines += [f"There is another: {', '.join(self.attendance.twins)}."] if self.attendance.twins else []
        if courier.name not in (self.attendance.member.name, "") and courier.state == "joined":
            lines.append(f"Another {self.attendance.member.name} is there already: the board calls you {courier.name}.")
        if self.attendance.heard.get("goto"):
            lines.append(self.offer())
        if (left := self._timer_ends - time.monotonic()) > 0:
            lines.append(f"Timer: {left // 60:.0f}:{left % 60:02.0f} left when this was shown.")
        lines.append(
            "Sent are: the chapter and task you are at, the outcome of checks, the name of a mistake that is "
            "recognised, your hand. `lab.classroom()` shows all of it, `lab.leave_classroom()` ends it."
        )
        return lines

    def offer(self) -> str:
        """The leader's offer to go to a chapter, with the line that does it."""
        number = str(self.attendance.heard["goto"])
        line = f'`lab = channels_lab.open_chapter("{number}")`'
        try:
            where = f"Open `notebooks/{Course.find().chapter(number).notebook.name}`, or run here {line}"
        except Exception:  # the leader's course has a chapter that ours has not
            return f"We are at chapter {number}: jump?"
        return f"We are at chapter {number}: jump? {where}."

    def waits(self) -> str:
        """What is to be said of the connection; "" where it is well."""
        courier = self.attendance.courier
        reports = len(courier.waits())
        said = {1: " 1 report waits.", 0: ""}.get(reports, f" {reports} reports wait.")
        lost = f" {courier.outbox.lost} found no place to wait." if courier.outbox.lost else ""
        if courier.state == "refused":
            return f" But the board lets you in no more: {courier.problem}"
        if courier.state == "away":
            return f" The board does not answer now ({courier.problem}); it is tried again, go on.{said}{lost}"
        return f" The board is being called.{said}" if courier.state == "connecting" else lost

    def _page(self) -> str:
        """Where the learner's browser finds the board: what is on this machine, on a hub, through their own server."""
        address = self.attendance.courier.address
        parts = urlsplit(address.url)
        if parts.hostname != "127.0.0.1" or not parts.port:
            return f"{address.url}?code={address.code}"
        place = place_of(parts.port)
        return f"{place.origin}{place.url}?code={address.code}"

    def note_timer(self, timer: dict[str, Any] | None) -> None:
        """Note how much of the timer is left, by this machine's own clock."""
        if timer:
            self._timer_ends = time.monotonic() + float(timer["left"])

    def __repr__(self) -> str:
        return "\n".join(line.replace("`", "") for line in self.lines())

    def _repr_html_(self) -> str:
        return box("".join(f"<div>{marked(line)}</div>" for line in self.lines()))


class SentView:
    """Everything that has been sent from this kernel, frame by frame."""

    def __init__(self, attendance: "Attendance") -> None:
        self.frames = list(attendance.courier.sent)
        self.waiting = [json.dumps(what, ensure_ascii=False) for what in attendance.courier.waits()]
        self.view = attendance.view

    def __repr__(self) -> str:
        return "\n".join(
            [
                repr(self.view),
                *(f"\n{heading}" + "".join(f"\n{at}  {text}" for at, text in rows) for heading, rows in self._parts()),
            ]
        )

    def _repr_html_(self) -> str:
        parts = "".join(box(f"<strong>{escape(heading)}</strong>{_table(rows)}") for heading, rows in self._parts())
        return self.view._repr_html_() + parts

    def _parts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What was sent, and what waits: a heading, and rows of a time and a text."""
        parts = [(self._heading(), [(_clock(frame.at), frame.text) for frame in self.frames[-_MOST_SHOWN:]])]
        if self.waiting:
            rows = [("", text) for text in self.waiting[:_MOST_SHOWN]]
            parts.append(("Not sent yet. It goes when the board answers; leaving the room throws it away:", rows))
        return parts

    def _heading(self) -> str:
        number = len(self.frames)
        if not number:
            return "Nothing has been sent from this notebook yet."
        last = f", the last {_MOST_SHOWN} of {number}" if number > _MOST_SHOWN else ""
        return f"Sent from this notebook, word for word{last} (the secret that makes you the same again is left out):"


def _table(rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    made = "".join(
        f'<tr><td style="{_CELL}; white-space: nowrap">{at}</td>'
        f'<td style="{_CELL}; font-family: monospace; overflow-wrap: anywhere">{escape(text)}</td></tr>'
        for at, text in rows
    )
    return f'<table style="border-collapse: collapse; margin: 4px 0 0">{made}</table>'


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))
