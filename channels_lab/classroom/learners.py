"""The consumer of a kernel: it says who it is, then reports what happens; each report is kept once."""

import asyncio
import json
import secrets
from functools import partial
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from channels_lab.classroom import news, records
from channels_lab.classroom.desk import desk
from channels_lab.classroom.limits import bucket_of
from channels_lab.classroom.presence import presence
from channels_lab.classroom.protocol import Refused, read_join, read_object, read_reports
from channels_lab.classroom.room import plain_code

__all__ = ["LEARNERS", "PROTOCOL", "LearnerConsumer", "group_of"]

PROTOCOL = "classroom"  # the subprotocol of kernels
LEARNERS = "learners"  # the group of all kernels
REFUSED, FLOODED, TRY_AGAIN = 4003, 4029, 1013  # close codes
_PATIENCE = 20  # refused frames, then the connection ends
_MOMENT = 1.0  # seconds that a wrong code costs


def group_of(seat: int) -> str:
    """The group of a seat's kernels."""
    return f"seat-{seat}"


class LearnerConsumer(AsyncWebsocketConsumer):
    """One connection of one kernel."""

    seat = 0
    sender = ""
    refused = 0
    over = False
    stranger = False
    waiting: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # also after an exception, when `disconnect` is not called
            await self._clean_up()

    async def connect(self) -> None:
        if presence.strangers >= settings.CLASSROOM_STRANGERS:
            await self.close()
            return
        presence.strangers, self.stranger = presence.strangers + 1, True
        await self.accept(PROTOCOL if PROTOCOL in self.scope["subprotocols"] else None)
        loop = asyncio.get_running_loop()
        self.waiting = loop.call_later(settings.CLASSROOM_PATIENCE, lambda: loop.create_task(self.end(REFUSED)))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.over:
            return
        try:
            content = read_object(text_data)
            if not self.seat:
                await self._join(content)
            elif "leave" in content:
                await desk.do(partial(records.leave, self.seat))
                event = {"type": "learner.told", "text": json.dumps({"left": True}), "code": 1000}
                await self.channel_layer.group_send(group_of(self.seat), event)
            else:
                await self._keep(content)
        except Refused as refused:
            await self._refuse(refused)

    async def end(self, code: int) -> None:
        """Close, once."""
        if not self.over:
            self.over = True
            await self.close(code)

    # What comes by the layer

    async def learner_told(self, event: dict[str, Any]) -> None:
        """Something for this learner, or for all: an offer, the timer, a hand that was lowered."""
        if not self.over:
            await self.send(event["text"])
            if code := event.get("code"):
                await self.end(code)

    # Details

    async def _join(self, content: dict[str, Any]) -> None:
        said = read_join(content)
        if not secrets.compare_digest(plain_code(said["code"]), settings.ROOM.code):
            await asyncio.sleep(_MOMENT)  # who tries them all has time
            raise Refused("WRONG_CODE", "This room has another code. It stands on the board.")
        work = partial(records.sit, said["secret"], said["sender"], said["name"])
        seated: records.Seated = await desk.do(work)
        if presence.kernels[seated.seat] >= settings.CLASSROOM_KERNELS:
            raise Refused("TOO_MANY", f"{settings.CLASSROOM_KERNELS} notebooks of yours are here already.")
        if bucket_of(seated.seat).wait(1):
            raise Refused("TOO_FAST", "That was too much at once. Wait a moment.")
        self._is_known()
        self.seat, self.sender = seated.seat, said["sender"]
        for group in (LEARNERS, group_of(self.seat)):
            await self.channel_layer.group_add(group, self.channel_name)
        if presence.come(self.seat):
            await desk.do(partial(records.touch, self.seat))
        now = await desk.do(lambda: news.room_now(records.moment()))
        await self._tell({"joined": seated.name, "have": seated.last, **now})
        for twin in seated.twins:
            text = json.dumps({"twin": seated.name}, ensure_ascii=False)
            await self.channel_layer.group_send(group_of(twin), {"type": "learner.told", "text": text})

    async def _keep(self, content: dict[str, Any]) -> None:
        reports = read_reports(content)
        if wait := bucket_of(self.seat).wait(len(reports)):
            raise Refused("TOO_FAST", "That was too much at once. Wait a moment.", wait=round(wait, 2))
        have = await desk.do(partial(records.note, self.seat, self.sender, reports))
        self.refused = 0
        await self._tell({"have": have})

    async def _refuse(self, refused: Refused) -> None:
        self.refused += 1
        await self._tell(refused.answer)
        if not self.seat or refused.answer["error"] == "SENT_OUT":
            await self.end(FLOODED if refused.answer["error"] == "TOO_FAST" else REFUSED)
        elif self.refused > _PATIENCE:
            await self.end(FLOODED)

    async def _tell(self, answer: dict[str, Any]) -> None:
        if not self.over:
            await self.send(json.dumps(answer, ensure_ascii=False))

    def _is_known(self) -> None:
        if self.waiting:
            self.waiting.cancel()
        if self.stranger:
            presence.strangers, self.stranger = presence.strangers - 1, False

    async def _clean_up(self) -> None:
        self._is_known()
        if not self.seat:
            return
        for group in (LEARNERS, group_of(self.seat)):
            await self.channel_layer.group_discard(group, self.channel_name)
        if presence.go(self.seat):
            await desk.do(partial(records.touch, self.seat))
