"""Groups: who is in which, as the record tells it, the dead among them."""

from channels_lab.record.events import Event

__all__ = ["Groups"]

_MOST_NAMES = 6


class Groups:
    """The members of each group, followed through a record: layer, group and channel are known by their names."""

    def __init__(self) -> None:
        self._members: dict[tuple[str, str], dict[str, str]] = {}  # (layer, group) → channel → who
        self._dead: set[str] = set()
        self._channels: dict[tuple[str, int], set[str]] = {}  # connection → its channels

    def add(self, layer: str, event: Event, who: str) -> None:
        """Take in a `group_add`."""
        group, channel = str(event.details["to"]), str(event.details["message"])
        self._members.setdefault((layer, group), {})[channel] = who
        if event.connection:
            self._channels.setdefault(event.key, set()).add(channel)

    def discard(self, layer: str, event: Event) -> None:
        """Take in a `group_discard`."""
        self._members.get((layer, str(event.details["to"])), {}).pop(str(event.details["message"]), None)

    def ended(self, key: tuple[str, int]) -> list[str]:
        """A connection is over; returns the groups in which its channel is left, dead."""
        channels = self._channels.pop(key, set())
        left = [group for (_, group), members in self._members.items() if channels & members.keys()]
        self._dead |= channels if left else set()
        return left

    def members(self, layer: str, group: str) -> str:
        """Who is in a group, as a reader is told."""
        members = self._members.get((layer, group), {})
        names = [f"{who} (gone)" if channel in self._dead else who for channel, who in members.items()]
        if (rest := len(names) - _MOST_NAMES) <= 1:
            return ", ".join(names) or "nobody"
        names.sort(key=lambda name: not name.endswith(" (gone)"))  # who is gone is the news
        return ", ".join(names[:_MOST_NAMES]) + f" and {rest} more"
