"""What a board is told: all that has changed since a revision that it has, as JSON."""

import json
import time
from collections import Counter
from typing import Any

from django.db.models import Prefetch

from channels_lab.classroom.mistakes import sentence_of
from channels_lab.classroom.models import Moment, Seat, Try
from channels_lab.classroom.presence import EPOCH, presence
from channels_lab.classroom.records import moment

__all__ = ["event_since", "revision", "room_now", "text_since"]

_MOST_MISTAKES = {True: 8, False: 5}  # on the leader's board, and on the wall


def revision() -> int:
    """The number of the room's last change."""
    return int(moment().revision)


def event_since(before: int) -> dict[str, Any] | None:
    """The event that tells boards what has changed since; None where nothing has."""
    now = revision()
    if now == before:
        return None
    leader, guest = text_since(before, leader=True), text_since(before, leader=False)
    return {"type": "board.news", "before": before, "revision": now, "leader": leader, "guest": guest}


def text_since(before: int, *, leader: bool) -> str:
    """All that has changed since a revision; everything where that is 0."""
    now = moment()
    seats = Seat.objects.filter(changed__gt=before).prefetch_related(Prefetch("try_set", to_attr="tries"))
    if before == 0:
        seats = seats.filter(state="")
    told = {
        "epoch": EPOCH,
        "revision": now.revision,
        "whole": before == 0,
        "people": [_row(seat, leader) for seat in seats],
        "mistakes": _mistakes(leader),
        "room": room_now(now),
    }
    return json.dumps(told, ensure_ascii=False)


def room_now(now: Moment) -> dict[str, Any]:
    """The room as a whole. The timer is told as seconds that are left: clocks differ."""
    left = max(0.0, now.timer_ends - time.time()) if now.timer_of else 0
    timer = {"left": round(left, 2), "of": now.timer_of} if now.timer_of else None
    return {"goto": now.goto, "offer": now.offer, "timer": timer, "door_open": now.door_open}


def _row(seat: Seat, leader: bool) -> dict[str, Any]:
    if seat.state:
        return {"seat": seat.pk, "gone": True}
    row = {
        "seat": seat.pk,
        "name": seat.name,
        "here": presence.is_here(seat.pk),
        "chapter": seat.chapter,
        "task": seat.task,
        "passed": sorted(tried.task for tried in seat.tries if tried.passed),
        "tried": {tried.task: tried.number for tried in seat.tries if not tried.passed},
        "hand": round(max(0.0, time.time() - seat.hand), 1) if seat.hand else None,
    }
    # What somebody asks, and which mistake is theirs, is for the leader, not for the wall.
    mine = {tried.task: tried.now for tried in seat.tries if tried.now}
    return row | ({"words": seat.words, "mistakes": mine} if leader else {})


def _mistakes(leader: bool) -> list[dict[str, Any]]:
    """Which mistake was made by how many, and how many have it now; the most common first."""
    ever: Counter[tuple[str, str]] = Counter()
    now: dict[tuple[str, str], list[str]] = {}
    rows = Try.objects.filter(seat__state="").exclude(mistakes=[])
    for task, mistakes, current, name in rows.values_list("task", "mistakes", "now", "seat__name"):
        ever.update((task, mistake) for mistake in mistakes)
        if current:
            now.setdefault((task, current), []).append(name)
    found = []
    for key in sorted(ever, key=lambda one: (-len(now.get(one, [])), -ever[one], one))[: _MOST_MISTAKES[leader]]:
        who = {"who": sorted(now.get(key, []))} if leader else {}
        about = {"task": key[0], "mistake": key[1], "sentence": sentence_of(*key)}
        found.append(about | {"ever": ever[key], "now": len(now.get(key, []))} | who)
    return found
