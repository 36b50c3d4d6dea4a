"""One task in each server: says that its connections are alive, and sees that they are well."""

import asyncio
import logging
from collections import Counter
from contextlib import suppress

from channels.exceptions import ChannelFull
from django.conf import settings

from multichat import presence
from multichat.layer import FAILURES, ask
from multichat.rounds import go_round
from multichat.telling import LEAVE, tell_people

logger = logging.getLogger(__name__)


class Heart:
    """Beats from the first connection to the last."""

    def __init__(self):
        self.sockets = set()
        self.beating = None
        self.missed = 0  # messages that came late by the layer, or not at all

    def add(self, socket):
        self.sockets.add(socket)
        if self.beating is None:
            self.beating = asyncio.create_task(beat(self))

    def remove(self, socket):
        self.sockets.discard(socket)
        self.report()
        if not self.sockets and self.beating:
            self.beating.cancel()
            self.beating = None

    def report(self):
        if self.missed:
            logger.warning("%s messages came late or not at all, and were read from the database", self.missed)
            self.missed = 0


async def beat(heart):
    while True:
        await asyncio.sleep(settings.MULTICHAT_BEAT)
        heart.report()
        try:
            gone = await presence.renew()
            went = Counter(room_id for room_id, *_ in gone)  # a crowd: its number is told, not each name
            for room_id, username, left in gone:
                await tell_people(LEAVE, room_id, username, left + went[room_id])
            for socket, event in await go_round(list(heart.sockets)):
                with suppress(ChannelFull):  # it has enough to do, and this server's other sockets wait
                    await ask(socket.channel_layer.send(socket.channel_name, event))
        except FAILURES as error:
            logger.warning("A beat of the heart was missed: %s", error)
        except Exception:
            logger.exception("A beat of the heart was missed")


heart = Heart()
