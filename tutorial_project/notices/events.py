"""Notices as server-sent events, and a page that shows them."""

import json

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt

from notices import board
from notices.models import Notice
from notices.views import MOST_DIGITS, read_after


async def events(request):
    """The notices after the one that Last-Event-ID (or ?after=) names, as they come."""
    last = request.headers.get("Last-Event-ID", "")
    after = int(last) if last.isdecimal() and len(last) <= MOST_DIGITS else read_after(request)
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


@xframe_options_exempt  # a notebook shows it in a frame
async def page(request):
    """The newest notices, and a script that adds what comes."""
    newest = Notice.objects.order_by("-id").values("id", "text")[:50]
    return render(request, "notices/page.html", {"notices": [row async for row in newest][::-1]})
