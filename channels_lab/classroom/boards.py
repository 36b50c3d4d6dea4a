"""The consumer of a board: one message on its way at a time, and always the newest."""

import json
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from channels_lab.classroom import news, records
from channels_lab.classroom.cookies import GUEST, LEADER, role_of
from channels_lab.classroom.desk import BOARDS, desk
from channels_lab.classroom.learners import LEARNERS, REFUSED, group_of
from channels_lab.classroom.limits import Bucket
from channels_lab.classroom.presence import EPOCH
from channels_lab.classroom.protocol import Refused, read_board, read_object

__all__ = ["BoardConsumer"]

LOGGED_OUT, FLOODED = 4001, 4029  # close codes


class BoardConsumer(AsyncWebsocketConsumer):
    """A page that shows the room. It says how far it is, and is told what has changed since, then says so again.

    What it does not take is not kept for it: when it comes back it is told the room as it is then.
    """

    leader = False
    over = False
    have: int | None = None  # the revision that the page has shown; None while something is on its way to it
    newest = 0
    first = True

    async def connect(self) -> None:
        role = role_of(self.scope["cookies"])
        # Which page it is, not who looks at it: the leader's browser may show the one for the wall, too.
        self.leader = self.scope["url_route"]["kwargs"]["leads"]
        self.bucket = Bucket()
        await self.accept()
        if role != LEADER and (self.leader or role != GUEST):
            await self._end(LOGGED_OUT)
            return
        await self.channel_layer.group_add(BOARDS, self.channel_name)

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(BOARDS, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.over:
            return
        try:
            if self.bucket.wait(1) > 5:
                await self._end(FLOODED)
                return
            said = read_board(read_object(text_data))
            if "have" in said:
                await self._catch_up(said["have"] if said["epoch"] == EPOCH else 0)
            elif self.leader:
                await self._obey(said)
            else:
                raise Refused("NOT_THE_LEADER", "Only the leader may do that.")
        except Refused as refused:
            await self.send(json.dumps(refused.answer))

    async def board_news(self, event: dict[str, Any]) -> None:
        """Something has changed: told at once to a page that waits for it, and later to one that is busy."""
        self.newest = max(self.newest, event["revision"])
        if self.have is None or self.over:
            return
        if self.have == event["before"]:
            self.have = None
            await self.send(event["leader" if self.leader else "guest"])
        elif self.have < self.newest:
            await self._catch_up(self.have)

    # Details

    async def _catch_up(self, have: int) -> None:
        self.have = have
        self.newest = max(self.newest, await database_sync_to_async(news.revision)()) if self.first else self.newest
        if self.first or have == 0 or have < self.newest:
            self.have, self.first = None, False
            await self.send(await database_sync_to_async(news.text_since)(have, leader=self.leader))

    async def _obey(self, said: dict[str, Any]) -> None:
        await desk.do(partial(records.command, said))
        match said["command"]:
            case "goto" | "timer":
                now = await desk.do(lambda: news.room_now(records.moment()))
                await self._tell_kernels(LEARNERS, {key: now[key] for key in ("goto", "offer", "timer")})
            case "lower":
                await self._tell_kernels(group_of(said["seat"]), {"hand": False})
            case "send_out":
                answer = Refused("SENT_OUT", "The leader has sent you out of this room.").answer
                await self._tell_kernels(group_of(said["seat"]), answer, code=REFUSED)

    async def _tell_kernels(self, group: str, told: dict[str, Any], *, code: int = 0) -> None:
        event = {"type": "learner.told", "text": json.dumps(told, ensure_ascii=False), "code": code}
        await self.channel_layer.group_send(group, event)

    async def _end(self, code: int) -> None:
        self.over = True
        await self.close(code)
