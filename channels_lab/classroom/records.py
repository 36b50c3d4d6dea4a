"""What is kept of the room, and read again. All of it runs in the desk's transaction, in the database's thread."""

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from channels_lab.classroom.models import Moment, Seat, Sender, Try
from channels_lab.classroom.protocol import Refused

__all__ = ["Seated", "command", "leave", "moment", "note", "sit", "touch"]

_MOST_MISTAKES = 8  # of one learner in one task
_MOST_TASKS = 200  # of one learner
_MOST_SENDERS = 200  # of one learner: each kernel is one


@dataclass(frozen=True)
class Seated:
    """Who has sat down: the seat's number, the name that it goes by, the last report known of this kernel (None: none).

    `twins` are the seats that have the same name, where this one has been given another to be told apart.
    """

    seat: int
    name: str
    last: int | None
    twins: tuple[int, ...] = ()


def sit(secret: str, sender: str, name: str) -> Seated:
    """Find the seat of this secret, or give one; raises Refused where there is none to be had."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    seat = Seat.objects.filter(secret=digest).first()
    if seat and seat.state == "out":
        raise Refused("SENT_OUT", "The leader has sent you out of this room.")
    twins: tuple[int, ...] = ()
    if not seat or seat.state == "left":
        if not moment().door_open:
            raise Refused("DOOR_CLOSED", "The leader lets nobody new in at the moment.")
        if not seat and Seat.objects.count() >= settings.CLASSROOM_SEATS:
            raise Refused("ROOM_FULL", f"All {settings.CLASSROOM_SEATS} seats are taken.")
        name, twins = _told_apart(name)
        seat = seat or Seat(secret=digest)
        seat.name, seat.state, seat.changed = name, "", _next_revision()
        seat.save()
    if not Sender.objects.filter(seat=seat, name=sender).exists():
        if Sender.objects.filter(seat=seat).count() >= _MOST_SENDERS:
            Sender.objects.filter(seat=seat).order_by("id").first().delete()
        Sender.objects.create(seat=seat, name=sender)
    last = Sender.objects.get(seat=seat, name=sender).last
    return Seated(seat.pk, seat.name, last, twins)


def note(number: int, sender: str, reports: list[dict[str, Any]]) -> int | None:
    """Keep reports that are not known yet, in order; returns the id of the last that is known."""
    who = Sender.objects.select_related("seat").filter(seat=number, name=sender).first()
    if who is None or who.seat.state:
        raise Refused("SENT_OUT", "You are not in this room any more.")
    seat = who.seat
    new = [report for report in reports if who.last is None or report["id"] > who.last]
    for report in new:
        if "outcome" in report:
            _note_verdict(seat, report)
        elif "hand" in report:
            # Who waits longest is first, by the server's clock; asking again does not go back in the queue.
            raised = seat.hand or time.time() - min(report["ago"], 3600)
            seat.hand, seat.words = (raised, report["words"]) if report["hand"] else (None, "")
        else:
            seat.chapter, seat.task = report["chapter"], report["task"]
        who.last = report["id"]
    if new:
        seat.changed = _next_revision()
        seat.save()
        who.save(update_fields=["last"])
    return who.last if who.last is None else int(who.last)


def leave(number: int, state: str = "left") -> None:
    """Forget what a seat has sent, its name too. The row stays, so that boards hear of it."""
    Try.objects.filter(seat=number).delete()
    Sender.objects.filter(seat=number).delete()
    nothing = {"name": "", "chapter": "", "task": "", "hand": None, "words": ""}
    Seat.objects.filter(pk=number).update(state=state, changed=_next_revision(), **nothing)


def touch(number: int) -> None:
    """Note that something about a seat has changed that is not kept: whether it is here."""
    Seat.objects.filter(pk=number).update(changed=_next_revision())


def command(said: dict[str, Any]) -> None:
    """Do what the leader says."""
    now = moment()
    match said["command"]:
        case "timer":
            now.timer_of, now.timer_ends = said["seconds"], said["seconds"] and time.time() + said["seconds"]
        case "goto":
            now.goto, now.offer = said["chapter"], now.offer + 1
        case "door":
            now.door_open = said["open"]
        case "lower":
            Seat.objects.filter(pk=said["seat"]).update(hand=None, words="", changed=_next_revision())
        case "send_out":
            leave(said["seat"], "out")
    if said["command"] in ("timer", "goto", "door"):
        now.save()
        _next_revision()


def moment() -> Moment:
    """The room's one row."""
    row: Moment = Moment.objects.get_or_create(pk=1)[0]
    return row


# Details


def _next_revision() -> int:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE classroom_moment SET revision = revision + 1 WHERE id = 1 RETURNING revision")
        row = cursor.fetchone()
    return int(row[0])


def _told_apart(name: str) -> tuple[str, tuple[int, ...]]:
    """A name that nobody has, and the seats that have the one that was asked for."""
    taken = {other.casefold(): pk for pk, other in Seat.objects.filter(state="").values_list("pk", "name")}
    if name.casefold() not in taken:
        return name, ()
    number = 2
    while f"{name} ({number})".casefold() in taken:
        number += 1
    return f"{name} ({number})", (taken[name.casefold()],)


def _note_verdict(seat: Seat, report: dict[str, Any]) -> None:
    tried = Try.objects.filter(seat=seat, task=report["task"]).first()
    if tried is None:
        if Try.objects.filter(seat=seat).count() >= _MOST_TASKS:
            return
        tried = Try(seat=seat, task=report["task"])
    tried.number += 0 if tried.passed else 1
    tried.passed = tried.passed or report["outcome"] == "passed"
    tried.now = "" if report["outcome"] == "passed" else report["mistake"]
    if tried.now and tried.now not in tried.mistakes and len(tried.mistakes) < _MOST_MISTAKES:
        tried.mistakes.append(tried.now)
    tried.save()
    seat.chapter, seat.task = report["task"][:2], report["task"]
