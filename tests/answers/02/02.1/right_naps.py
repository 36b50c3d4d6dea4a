"""Notices for a client that waits."""

import asyncio
import time

from django.http import JsonResponse

from notices import board
from notices.views import read_after


async def wait(request):
    after, deadline = read_after(request), time.monotonic() + 2
    while not (found := await board.newer(after)) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    return JsonResponse({"notices": found})
