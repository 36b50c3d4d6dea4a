"""Being in a room with others: what a kernel reports to the board, and what it hears from there; off by default."""

import asyncio
import atexit
import contextvars
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channels_lab.errors import LabError

# A kernel imports this with its first cell, and most never join a room.
if TYPE_CHECKING:
    from channels_lab.classroom.membership import Membership
    from channels_lab.grading.verdict import Verdict

__all__ = ["Attendance", "at_place", "at_verdict", "attendance", "join", "leave", "lower_hand", "raise_hand"]

_SETTLED_SECONDS = 4.0
_MOST_WORDS = 200

_current: "Attendance | None" = None


class Attendance:
    """This kernel in a room: `courier` sends, `said` are the leader's words that were heard, the newest of each."""

    def __init__(self, workspace: Path, member: "Membership") -> None:
        from channels_lab.classroom.courier import Courier
        from channels_lab.classroom.journal import place_of_room
        from channels_lab.notebook.room_view import RoomView

        self.workspace = workspace
        self.member = member
        self.heard: dict[str, Any] = {}
        self.twins: list[str] = []
        kept = place_of_room(workspace, member.secret)
        self.courier: Courier = Courier(member.address, member.name, member.secret, self._hear, kept)
        self.view: RoomView = RoomView(self)
        self._offer = 0  # the last offer that was shown
        self._news: list[str] = []
        self._handle: Any = None
        self._context = contextvars.copy_context()
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def begin(self) -> None:
        """Start the courier; returns at once."""
        from IPython import get_ipython

        self.courier.start()
        atexit.register(self.courier.end, leave=False, seconds=1.0)
        if shell := get_ipython():
            shell.events.register("post_run_cell", self._show_news)

    def check(self) -> None:
        """Wait a moment for the board's first answer; raises LabError where that is a refusal."""
        self.courier.settled.wait(_SETTLED_SECONDS)
        if self.courier.state == "refused":
            raise LabError(self.courier.problem, "Look at the leader's board for the line to join, and try again.")

    def show(self) -> None:
        """Show in the cell that runs now where one is, and go on showing it there."""
        from IPython.display import display

        self._handle = display(self.view, display_id=True)

    def end(self, *, leave: bool) -> bool:
        """Stop; returns whether the board has heard that one leaves."""
        from IPython import get_ipython

        atexit.unregister(self.courier.end)
        if (shell := get_ipython()) and self._show_news in shell.events.callbacks.get("post_run_cell", []):
            shell.events.unregister("post_run_cell", self._show_news)
        return self.courier.end(leave=leave)

    # What is heard

    def _hear(self, answer: dict[str, Any]) -> None:
        """In the courier's thread: note it, and let the kernel's own show it."""
        self.heard |= {key: answer[key] for key in ("goto", "timer") if key in answer}
        if "twin" in answer:
            self.twins.append(str(answer["twin"]))
            self._news.append(f"Another {self.courier.name} has joined. The board calls them {answer['twin']}.")
        if answer.get("hand") is False:
            self._news.append("The leader has lowered your hand.")
        if "timer" in answer and "joined" not in answer:
            timer = answer["timer"]
            self._news.append(f"Timer: {minutes(timer['left'])}, from now." if timer else "The timer is stopped.")
        if answer.get("offer", 0) > self._offer:
            self._offer = answer["offer"]
            if answer.get("goto"):
                self._news.append(self.view.offer())
        self.view.note_timer(answer.get("timer"))
        if self._loop and self._handle:
            self._loop.call_soon_threadsafe(self._refresh, context=self._context)

    def _refresh(self) -> None:
        self._handle.update(self.view)

    def _show_news(self, *_: Any) -> None:
        from IPython.display import display

        from channels_lab.notebook.told import Told

        news, self._news = self._news, []
        for line in news:
            display(Told("From the room", line))


def minutes(seconds: float) -> str:
    """A time in words."""
    whole = round(seconds / 60)
    return "1 minute" if whole == 1 else f"{whole} minutes" if whole else f"{round(seconds)} seconds"


# What notebooks call


def attendance() -> Attendance | None:
    """The room that this kernel is in; that of another notebook's where one has joined there. None for none."""
    global _current
    from channels_lab.classroom.membership import Membership
    from channels_lab.course.course import Course

    if "NBGRADER_EXECUTION" in os.environ:
        return None
    workspace = Course.find().workspace_folder
    member = Membership.read(workspace)
    if _current and (member is None or member.secret != _current.member.secret):
        _current.end(leave=False)  # it was left, or changed, in another notebook
        _current = None
    if _current is None and member is not None:
        _current = Attendance(workspace, member)
        _current.view.resumed = True
        _current.begin()
        _current.show()
    return _current


def join(typed: str, code: str, name: str) -> Attendance:
    """Join a room, and show it; raises LabError for what is no address, no name, or refused by the board."""
    global _current
    from channels_lab.classroom.address import Address
    from channels_lab.classroom.membership import Membership
    from channels_lab.classroom.protocol import Refused, read_name
    from channels_lab.course.course import Course

    address = Address.read(typed, code, os.environ.get("CHANNELS_LAB_CLASSROOM", ""))
    try:
        name = read_name(name)
    except Refused as refused:
        raise LabError(str(refused), f'Say who you are:  lab.classroom("{address}", name="Ada")') from None
    workspace = Course.find().workspace_folder
    member = Membership.new(workspace, address, name)
    joined = Attendance(workspace, member)
    joined.begin()
    try:
        joined.check()
        member.save(workspace)
    except LabError:  # where one was before, one stays
        joined.end(leave=False)
        raise
    if _current:
        _current.end(leave=_current.member.secret != member.secret)
    _current = joined
    joined.show()
    return joined


def leave() -> str:
    """Leave the room, in all notebooks of the workspace; returns what to say."""
    global _current
    from channels_lab.classroom.membership import Membership

    here = _needed()
    heard = here.end(leave=True)
    _current = None
    Membership.end(here.workspace)
    forgotten = "The board has forgotten you." if heard else "The board does not answer: it may go on showing you."
    return f"You have left the room. Nothing is sent any more. {forgotten}"


def raise_hand(words: str = "") -> None:
    """Ask for help: the board shows that your hand is up, the leader alone your words."""
    from channels_lab.notebook.display import show_note

    here = _needed()
    words = " ".join(str(words).split())
    here.courier.report({"hand": True, "words": words[:_MOST_WORDS]})
    cut = f" Of your words the first {_MOST_WORDS} characters are sent." if len(words) > _MOST_WORDS else ""
    show_note(f"Your hand is up. lab.lower_hand() lowers it.{cut}{here.view.waits()}")


def lower_hand() -> None:
    """Take back that you have asked for help."""
    from channels_lab.notebook.display import show_note

    here = _needed()
    here.courier.report({"hand": False})
    show_note(f"Your hand is down.{here.view.waits()}")


def at_place(chapter: str, task: str = "") -> None:
    """Report where the learner is, if in a room. Neither waits nor fails."""
    if here := _quietly():
        here.courier.report({"chapter": chapter, "task": task})


def at_verdict(verdict: "Verdict") -> None:
    """Report what a check came to, if in a room: the task, the outcome, and the name of a mistake that has one."""
    if verdict.outcome in ("passed", "not yet") and (here := _quietly()):
        mistake = verdict.explanation.rule if verdict.explanation and verdict.outcome != "passed" else ""
        here.courier.report({"task": verdict.number, "outcome": str(verdict.outcome), "mistake": mistake})


def _needed() -> Attendance:
    if here := attendance():
        return here
    raise LabError(
        "You are in no room.", 'The leader\'s board shows the line that joins it:  lab.classroom("CODE@…", name="…")'
    )


def _quietly() -> Attendance | None:
    try:
        return attendance()
    except Exception:  # a room never stands in the way of learning
        return None
