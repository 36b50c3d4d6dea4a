"""Notices over HTTP."""

from django import forms
from django.core.exceptions import BadRequest
from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notices import board
from notices.models import Notice

MOST_DIGITS = 19


class NewNotice(forms.Form):
    text = forms.CharField(max_length=200)


class Page(forms.Form):
    after = forms.IntegerField(min_value=0, required=False)
    limit = forms.IntegerField(min_value=1, max_value=100, required=False)


@csrf_exempt
@require_http_methods(["GET", "POST"])
async def notices(request):
    if request.method == "GET":
        page = Page(request.GET)
        if not page.is_valid():
            return JsonResponse({"errors": page.errors}, status=400)
        limit = page.cleaned_data["limit"]
        rows = Notice.objects.filter(id__gt=page.cleaned_data["after"] or 0).order_by("id").values("id", "text")
        if limit:
            rows = rows[: limit + 1]
        found = [row async for row in rows]
        more = bool(limit) and len(found) == limit + 1
        return JsonResponse({"notices": found[:-1] if more else found, "more": more})
    form = NewNotice(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    return JsonResponse(await board.put_up(form.cleaned_data["text"]), status=201)


def read_after(request):
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > MOST_DIGITS:
        raise BadRequest("?after= takes the id of a notice.")
    return int(after)
