"""Notices as server-sent events."""

import json

from django.http import StreamingHttpResponse

from notices import board
from notices.views import read_after


async def events(request):
    """The notices after the one that Last-Event-ID (or ?after=) names, as they come."""
    last = request.headers.get("Last-Event-ID", "")
    after = int(last) if last.isdecimal() else read_after(request)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(told(after), content_type="text/event-stream", headers=headers)


async def told(after):
    yield "retry: 1000\n\n"
    while True:
        notices = await board.wait_for_newer(after)
        for notice in notices:
            after = notice["id"]
            yield f"id: {after}\ndata: {json.dumps(notice)}\n\n"
        if not notices:
            yield ": still here\n\n"
