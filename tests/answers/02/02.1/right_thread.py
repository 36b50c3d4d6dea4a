"""Notices for a client that waits, in a thread of its own."""

import time

from django.http import JsonResponse

from notices.models import Notice
from notices.views import read_after


def wait(request):
    newer = Notice.objects.filter(id__gt=read_after(request)).order_by("id").values("id", "text")
    deadline = time.monotonic() + 2
    while not (found := list(newer.all())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return JsonResponse({"notices": found})
