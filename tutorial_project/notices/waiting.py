"""Notices for a client that waits."""

from django.http import JsonResponse

from notices import board
from notices.views import read_after


async def wait(request):
    """GET ?after=ID: answer when there is something new, or after LONGEST_WAIT seconds with nothing."""
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})
