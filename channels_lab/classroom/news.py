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

_MOST_MISTAKES, _MOST_ON_THE_WALL, _MOST_NAMES = 8, 5, 40
_LEADERS = {"words", "who"}  # what is on the leader's board alone
_MOST_CHARACTERS = 60_000  # of rows in a message; Daphne sends none that is larger than what it takes


def revision() -> int:
    """The number of the room's last change."""
    return int(moment().revision)


def event_since(before: int) -> dict[str, Any] | None:
    """The event that tells boards what has changed since; None where nothing has."""
    now = revision()
    if now == before:
        return None
    told = _since(before)
    texts = {role: _text(told, leader=role == "leader") for role in ("leader", "guest")}
    return {"type": "board.news", "before": before, "revision": now, **texts}


def text_since(before: int, *, leader: bool) -> str:
    """What has changed since a revision, everything where that is 0: as much as one message may hold.

    Its own `revision` says how far it goes. A board that has it asks for what comes behind.
    """
    return _text(_since(before), leader=leader)


def room_now(now: Moment) -> dict[str, Any]:
    """The room as a whole. The timer is told as seconds that are left: clocks differ."""
    left = max(0.0, now.timer_ends - time.time()) if now.timer_of else 0
    timer = {"left": round(left, 2), "of": now.timer_of} if now.timer_of else None
    return {"goto": now.goto, "offer": now.offer, "timer": timer, "door_open": now.door_open}


def _since(before: int) -> dict[str, Any]:
    now = moment()
    seats = Seat.objects.filter(changed__gt=before).prefetch_related(Prefetch("try_set", to_attr="tries"))
    if before == 0:
        seats = seats.filter(state="")
    size = 0
    rows: list[dict[str, Any]] = []
    for seat in seats.order_by("changed"):
        row = _row(seat)
        size += len(json.dumps(row))
        if rows and size > _MOST_CHARACTERS:
            break
        rows.append(row)
        until = int(seat.changed)
    else:
        until = int(now.revision)
    about = {"epoch": EPOCH, "revision": until, "whole": before == 0, "room": room_now(now)}
    return about | {"people": rows, "mistakes": _mistakes()}


def _text(told: dict[str, Any], *, leader: bool) -> str:
    """What somebody asks, and which mistake is whose, is for the leader, not for the wall."""
    if not leader:
        people = [{key: row[key] for key in row if key not in _LEADERS} for row in told["people"]]
        common = told["mistakes"][:_MOST_ON_THE_WALL]
        mistakes = [{key: one[key] for key in one if key not in _LEADERS} for one in common]
        told = told | {"people": people, "mistakes": mistakes}
    return json.dumps(told, ensure_ascii=False)


def _row(seat: Seat) -> dict[str, Any]:
    if seat.state:
        return {"seat": seat.pk, "gone": True}
    return {
        "seat": seat.pk,
        "name": seat.name,
        "here": presence.is_here(seat.pk),
        "chapter": seat.chapter,
        "task": seat.task,
        "passed": sorted(tried.task for tried in seat.tries if tried.passed),
        "tried": {tried.task: tried.number for tried in seat.tries if not tried.passed},
        "hand": round(max(0.0, time.time() - seat.hand), 1) if seat.hand else None,
        "words": seat.words,
    }


def _mistakes() -> list[dict[str, Any]]:
    """Which mistake was made by how many, and how many have it now; what most have now is first."""
    ever: Counter[tuple[str, str]] = Counter()
    now: dict[tuple[str, str], list[str]] = {}
    rows = Try.objects.filter(seat__state="").exclude(mistakes=[])
    for task, mistakes, current, name in rows.values_list("task", "mistakes", "now", "seat__name"):
        ever.update((task, mistake) for mistake in mistakes)
        if current:
            now.setdefault((task, current), []).append(name)
    found = []
    for key in sorted(ever, key=lambda one: (-len(now.get(one, [])), -ever[one], one))[:_MOST_MISTAKES]:
        who = sorted(now.get(key, []))
        about = {"task": key[0], "mistake": key[1], "sentence": sentence_of(*key)}
        found.append(about | {"ever": ever[key], "now": len(who), "who": who[:_MOST_NAMES]})
    return found
