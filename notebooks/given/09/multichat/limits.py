"""How much one person may say."""

import time
from weakref import WeakValueDictionary

from django.conf import settings

PATIENCE = 100  # refused commands in a row


class Bucket:
    """Commands drip in at MULTICHAT_RATE a second, MULTICHAT_BURST fit in, and each command takes one out."""

    def __init__(self):
        self.content, self.at = settings.MULTICHAT_BURST, time.monotonic()
        self.refused = 0  # in a row

    def take(self):
        now = time.monotonic()
        self.content = min(settings.MULTICHAT_BURST, self.content + (now - self.at) * settings.MULTICHAT_RATE)
        self.at = now
        if self.content < 1:
            self.refused += 1
            return False
        self.content -= 1
        self.refused = 0
        return True


_buckets = WeakValueDictionary()


def bucket_of(user_id):
    """Return the bucket that all tabs of a person share, as long as one is open."""
    return _buckets.setdefault(user_id, Bucket())
