"""How much one seat may report: a bucket for each, which all of its kernels share."""

import time

from django.conf import settings

__all__ = ["Bucket", "bucket_of"]


class Bucket:
    """Reports drip in at CLASSROOM_RATE a second, CLASSROOM_BURST fit in, and each report takes one out."""

    def __init__(self) -> None:
        self.content, self.at = settings.CLASSROOM_BURST, time.monotonic()

    def wait(self, number: int) -> float:
        """Take so many out; returns 0, or how many seconds to wait where there are not so many."""
        now = time.monotonic()
        dripped = (now - self.at) * settings.CLASSROOM_RATE
        self.content, self.at = min(settings.CLASSROOM_BURST, self.content + dripped), now
        if self.content < number:
            return float((number - self.content) / settings.CLASSROOM_RATE)
        self.content -= number
        return 0.0


_buckets: dict[int, Bucket] = {}  # no more than there are seats


def bucket_of(seat: int) -> Bucket:
    """The bucket of a seat. It outlives connections: who is too fast is not faster by coming again."""
    return _buckets.setdefault(seat, Bucket())
