"""Notices over HTTP."""

import hashlib

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notices import board

MOST_DIGITS = 19  # an id is a 64-bit number


class NewNotice(forms.Form):
    text = forms.CharField(max_length=200)


@csrf_exempt
@require_http_methods(["GET", "POST"])
async def notices(request):
    if request.method == "GET":
        answer = JsonResponse({"notices": await board.newer(read_after(request))})
        tag = '"' + hashlib.sha256(answer.content).hexdigest() + '"'
        sent = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
        if tag in sent:
            answer = HttpResponse(status=304)
        answer["ETag"] = tag
        return answer
    form = NewNotice(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    return JsonResponse(await board.put_up(form.cleaned_data["text"]), status=201)


def read_after(request):
    """Return the id in ?after=ID, 0 where there is none."""
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > MOST_DIGITS:
        raise BadRequest("?after= takes the id of a notice.")
    return int(after)
