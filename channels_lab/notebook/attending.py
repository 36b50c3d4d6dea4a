"""What a lab can do in a room with others."""

from typing import TYPE_CHECKING

from channels_lab.course.course import Chapter
from channels_lab.notebook import attendance
from channels_lab.notebook.display import show_note

if TYPE_CHECKING:
    from channels_lab.notebook.room_view import SentView

__all__ = ["Attending"]


class Attending:
    """Joins a room, raises a hand, leaves."""

    chapter: Chapter

    def classroom(self, address: str = "", *, code: str = "", name: str = "") -> "SentView | None":
        """Join the room whose line the leader's board shows: `lab.classroom("CODE@host:port", name="Ada")`.

        From then on the board is told at which chapter and task you are, what checks came to, and of your hand.
        Without an address: shows everything that was sent. Raises LabError for a wrong address, code or name.
        """
        from channels_lab.notebook.room_view import SentView

        if address or code:
            attendance.join(address, code, name)
            attendance.at_place(self.chapter.number)
            return None
        here = attendance.attendance()
        if here is None:
            show_note("You are in no room, and nothing is sent.")
            return None
        return SentView(here)

    def leave_classroom(self) -> None:
        """Leave the room, in all notebooks; the board forgets you."""
        show_note(attendance.leave())

    def raise_hand(self, words: str = "") -> None:
        """Ask for help, in a few words if you like: the board shows your hand, the leader alone your words."""
        attendance.raise_hand(words)

    def lower_hand(self) -> None:
        """Take back that you have asked for help."""
        attendance.lower_hand()
