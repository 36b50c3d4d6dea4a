"""The page of a person's tasks, a way to start one by a form, and what came out."""

from chat.models import Message
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_POST

from tasks.commands import newest
from tasks.starting import Refused, start


@xframe_options_exempt  # a notebook shows it in a frame
def page(request):
    rooms = Message.objects.order_by("room").values_list("room", flat=True).distinct()[:200]
    tasks = newest(request.user) if request.user.is_authenticated else []
    return render(request, "tasks/page.html", {"rooms": rooms, "tasks": tasks})


@login_required
@require_POST
def begin(request):
    try:
        start(request.user, request.POST)
    except Refused as refused:
        messages.error(request, refused.args[1])
    return redirect("../")  # relative, as in people/urls.py


@login_required
def result(request, number):
    task = get_object_or_404(request.user.tasks, pk=number, state="done")
    name = f"{task.kind}-{number}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(task.result, content_type="text/plain; charset=utf-8", headers=headers)
