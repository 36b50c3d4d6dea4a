"""The chat's pages."""

from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt


@xframe_options_exempt  # a notebook shows it in a frame
def room(request, room):
    return render(request, "chat/room.html", {"room": room})
