"""Notices that come while the client waits or listens."""

import json

from django.http import JsonResponse, StreamingHttpResponse

from notices import board
from notices.views import read_after


async def wait(request):
    """GET ?after=ID: answer when there is something new, or after LONGEST_WAIT seconds with nothing."""
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})


async def stream(request):
    """GET ?after=ID: a line of JSON for each notice, for as long as the client listens."""
    return StreamingHttpResponse(lines(read_after(request)), content_type="application/x-ndjson")


async def lines(after):
    while True:
        for notice in await board.wait_for_newer(after):
            after = notice["id"]
            yield json.dumps(notice) + "\n"
