"""The list of rooms, and a room."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_exempt

from multichat.models import Room
from multichat.overview import overview

# A notebook shows the pages in a frame; on a real site nobody may.
in_a_frame = xframe_options_exempt if settings.DEBUG else lambda view: view


@in_a_frame
@login_required
def rooms(request):
    return render(request, "multichat/rooms.html", {"rooms": overview(request.user)})


@in_a_frame
@login_required
def room(request, room_id):
    found = get_object_or_404(Room, pk=room_id)
    if found.staff_only and not request.user.is_staff:
        raise PermissionDenied
    return render(request, "multichat/room.html", {"room": found})
