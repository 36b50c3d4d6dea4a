"""The two pages, and what lets one see them."""

import secrets
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from channels_lab.classroom.cookies import GUEST, LEADER, give, role_of
from channels_lab.classroom.room import plain_code
from channels_lab.course.course import Course
from channels_lab.course.exercise import exercises

__all__ = ["board", "leader"]


@require_safe
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """The board, for the wall and for learners: without controls, without words, without whose mistake it is."""
    if typed := request.GET.get("code"):
        if secrets.compare_digest(plain_code(typed[:40]), settings.ROOM.code):
            return give(request, redirect("./"), GUEST) if not role_of(request.COOKIES) else redirect("./")
        return render(request, "classroom/door.html", {"wrong": "That is not this room's code."}, status=403)
    if role_of(request.COOKIES) not in (LEADER, GUEST):
        return render(request, "classroom/door.html", status=403)
    return _page(request, leader=False)


@require_safe
@never_cache
def leader(request: HttpRequest) -> HttpResponse:
    """The leader's board. The key is in the address that is printed on the terminal, once; then a cookie has it."""
    if key := request.GET.get("key"):
        if secrets.compare_digest(key.encode(), settings.ROOM.key.encode()):
            return give(request, redirect("./leader"), LEADER)
        return render(request, "classroom/door.html", {"leader": True, "wrong": "That is not the key."}, status=403)
    if role_of(request.COOKIES) != LEADER:
        return render(request, "classroom/door.html", {"leader": True}, status=403)
    return _page(request, leader=True)


def _page(request: HttpRequest, *, leader: bool) -> HttpResponse:
    context = {"leader": leader, "course": course_now(), "code": settings.ROOM.code, "address": settings.ADDRESS}
    return render(request, "classroom/board.html", context)


@cache
def course_now() -> dict[str, Any]:
    """The chapters with their titles, and the tasks of each: what a board needs to draw them."""
    course = Course.find()
    found: dict[str, Any] = {
        number: {"title": _title(chapter.cells), "tasks": []} for number, chapter in course.chapters.items()
    }
    for number, task in exercises(course).items():
        if task.chapter in found:
            found[task.chapter]["tasks"].append({"number": number, "title": task.title})
    return found


def _title(cells: list[dict[str, Any]]) -> str:
    """What the chapter's heading says behind its number."""
    first = cells[0]["source"] if cells else ""
    return str(first.partition("\n")[0].removeprefix("# ").partition("·")[2].strip())
