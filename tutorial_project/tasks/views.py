"""The page of a person's tasks, a way to start one by a form, and what came out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from multichat.protocol import Refused
from multichat.rights import rooms_for
from multichat.views import in_a_frame
from tasks.commands import newest
from tasks.starting import start


@in_a_frame
def page(request):
    tasks = newest(request.user) if request.user.is_authenticated else []
    return render(request, "tasks/page.html", {"rooms": rooms_for(request.user), "tasks": tasks})


@login_required
@require_POST
def begin(request):
    try:
        start(request.user.pk, request.POST)
    except Refused as refused:
        messages.error(request, refused)
    return redirect("../")  # relative, as in people/urls.py


@login_required
def result(request, number):
    mine = request.user.tasks.filter(room__in=rooms_for(request.user))
    task = get_object_or_404(mine, pk=number, state="done")
    headers = {"Content-Disposition": f'attachment; filename="{task.kind}-{number}.txt"'}
    return HttpResponse(task.result, content_type="text/plain; charset=utf-8", headers=headers)
