"""The notice board: what is on it, what came after, and a bell for those who wait."""

import asyncio
import os

from notices.models import Notice

# Seconds. Proxies cut what is silent for longer, many after 30 or 60.
LONGEST_WAIT = float(os.environ.get("LONGEST_WAIT", "25"))


class Bell:
    """Wakes all who wait for its `next_ring`, in this process."""

    def __init__(self):
        self.next_ring = asyncio.Event()

    def ring(self):
        self.next_ring.set()
        self.next_ring = asyncio.Event()


bell = Bell()


async def put_up(text):
    """Put a notice up, tell all who wait, and return it."""
    notice = await Notice.objects.acreate(text=text)
    bell.ring()
    return {"id": notice.id, "text": notice.text}


async def newer(after):
    """Return the notices that came after the one with this id, oldest first."""
    rows = Notice.objects.filter(id__gt=after).order_by("id").values("id", "text")
    return [row async for row in rows]


async def wait_for_newer(after):
    """As `newer`, but wait until there is one; return none after LONGEST_WAIT seconds."""
    deadline = asyncio.get_running_loop().time() + LONGEST_WAIT
    while True:
        ring = bell.next_ring  # taken before we look: what is put up meanwhile rings it
        if notices := await newer(after):
            return notices
        try:
            async with asyncio.timeout_at(deadline):
                await ring.wait()
        except TimeoutError:
            return []
