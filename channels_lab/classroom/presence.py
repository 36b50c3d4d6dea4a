"""Who is here: the open connections of each seat. It lives in memory, and a restart begins with nobody."""

import secrets
from collections import Counter

__all__ = ["EPOCH", "Presence", "presence"]

# Which run of the server this is: what a board knows of who is here holds for one run.
EPOCH = secrets.token_hex(4)


class Presence:
    """Counts connections: of seats, and of strangers, who have not said yet who they are."""

    def __init__(self) -> None:
        self.kernels: Counter[int] = Counter()
        self.strangers = 0

    def is_here(self, seat: int) -> bool:
        """Whether a kernel of the seat is connected."""
        return self.kernels[seat] > 0 if seat in self.kernels else False

    def come(self, seat: int) -> bool:
        """Count a connection; returns whether it is the seat's first."""
        self.kernels[seat] += 1
        return self.kernels[seat] == 1

    def go(self, seat: int) -> bool:
        """Count one less; returns whether it was the last."""
        self.kernels[seat] -= 1
        if self.kernels[seat] <= 0:
            del self.kernels[seat]
        return seat not in self.kernels


presence = Presence()
