"""Notices as one answer that does not end."""

import json

from django.http import StreamingHttpResponse

from notices import board
from notices.views import read_after


async def stream(request):
    """GET ?after=ID: a line of JSON for each notice, for as long as the client listens."""
    return StreamingHttpResponse(lines(read_after(request)), content_type="application/x-ndjson")


async def lines(after):
    yield "\n"  # Daphne sends the head together with the first bytes of the body
    while True:
        notices = await board.wait_for_newer(after)
        for notice in notices:
            after = notice["id"]
            yield json.dumps(notice) + "\n"
        if not notices:
            yield "\n"  # still here: who sends nothing does not notice a client that has gone
