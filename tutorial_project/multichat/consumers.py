"""The chat: one connection, many rooms."""

import json
import logging

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from multichat import history, overview, presence, rights
from multichat.heart import heart
from multichat.layer import FAILURES, ask
from multichat.limits import PATIENCE, bucket_of
from multichat.protocol import Refused, about, read_command
from multichat.recent import recent_of
from multichat.telling import ENTER, LEAVE, tell_change, tell_people, tell_read, tell_room
from people.lookout import lookout

logger = logging.getLogger(__name__)

LOGGED_OUT, UNREAD, FLOODED = 4001, 4008, 4029  # close codes


class MultichatConsumer(AsyncWebsocketConsumer):
    passed_on = {"room.message", "room.people", "room.last", "list.change", "user.read", "heart.beat"}

    async def __call__(self, scope, receive, send):
        self.rooms = {}  # the rooms that it is in → the id of the newest message that it was told
        self.recent = {}
        self.member_of = set()  # groups
        self.over = False
        self.unread, self.most_unread = 0, settings.MULTICHAT_UNREAD
        try:
            await super().__call__(scope, receive, send)
        finally:  # also after an exception, when `disconnect` is not called
            await self.clean_up()

    async def connect(self):
        await self.accept()
        self.user = self.scope["user"]
        self.bucket = bucket_of(self.user.pk)
        if not self.user.is_authenticated:
            return await self.refuse({"error": "USER_HAS_TO_LOGIN", "detail": "Log in first."})
        await ask(lookout().watch(self.hear, f"user-{self.user.pk}"))
        heart.add(self)

    async def hear(self, event):
        """What happens to the user waits for its turn, in this connection's own channel."""
        await ask(self.channel_layer.send(self.channel_name, event))

    async def join_group(self, group):
        self.member_of.add(group)
        await ask(self.channel_layer.group_add(group, self.channel_name))

    async def leave_groups(self, *groups):
        for group in groups:
            await ask(self.channel_layer.group_discard(group, self.channel_name))
            self.member_of.discard(group)

    async def clean_up(self):
        """Leave everything. What failed may be the layer or the database: each is tried on its own."""
        heart.remove(self)
        watched = (self.hear, f"user-{self.scope['user'].pk}")
        for leave, what in (self.forget, self.rooms), (self.leave_groups, self.member_of), (lookout().unwatch, watched):
            try:
                await leave(*what)
            except Exception as error:
                logger.warning("A connection could not be taken out of %s: %s", set(what), error)

    async def receive(self, text_data=None, bytes_data=None):
        if self.over:
            return
        allowed = self.bucket.take()
        command = {}
        try:
            command = read_command(text_data)
            if not allowed:
                raise Refused("TOO_FAST", "That was too much at once. Wait a moment.")
            await getattr(self, f"do_{command['command']}")(command)
        except Refused as refused:
            await self.refuse(refused.answer | about(command))

    async def refuse(self, answer):
        await self.tell(answer)
        if answer["error"] == "USER_HAS_TO_LOGIN":
            await self.end(LOGGED_OUT)
        elif self.bucket.refused > PATIENCE:
            await self.end(FLOODED)

    async def tell(self, answer):
        await self.pass_on(json.dumps(answer, ensure_ascii=False))

    async def pass_on(self, *texts):
        """Send texts, unless the client has left too much unread: the server would have to keep that."""
        self.unread += sum(map(len, texts))
        if self.unread > self.most_unread:
            await self.end(UNREAD)
        for text in texts:
            if not self.over:
                await self.send(text)

    async def end(self, code):
        if not self.over:
            self.over = True
            await self.close(code)

    async def do_join(self, command):
        room = command["room"]
        if room in self.rooms:  # already, and something may be on its way here
            command.setdefault("after", self.rooms[room])
        # First into the group, then to the database: what is said in between comes by both, and is told once.
        await self.join_group(f"room-{room}")
        try:
            answer, texts, first = await presence.enter(self.user.pk, room, self.channel_name, command)
        except Refused:
            await self.forget(room)
            raise
        self.rooms[room], self.recent[room] = answer["last"], recent_of(room)
        if first:
            number = len(answer["people"])
            await tell_people(ENTER, room, self.user.username, number, but=self.channel_name, tell=self.tell_room)
        await self.tell(answer)
        for text in texts:
            await self.pass_on(text)

    async def do_leave(self, command):
        room = command["room"]
        if room not in self.rooms:
            raise Refused("ROOM_ACCESS_DENIED", "You are not in this room.")
        await self.forget(room)
        await self.tell({"leave": str(room)})

    async def forget(self, *rooms):
        """Out of rooms and their groups, and tell who is left there."""
        was_in = [room for room in rooms if self.rooms.pop(room, None) is not None]
        # First the database: it must know also while the layer is away.
        left = await presence.leave(self.user.pk, was_in, self.channel_name) if was_in else {}
        for room in rooms:
            self.recent.pop(room, None)
            await self.leave_groups(f"room-{room}")
        for room, number in left.items():
            await tell_people(LEAVE, room, self.user.username, number, tell=self.tell_room)

    async def do_send(self, command):
        room = command["room"]
        if room not in self.rooms:
            raise Refused("ROOM_ACCESS_DENIED", "Join the room first.")
        try:
            said = await self.say(room, command["message"], command.get("key"))
        except FAILURES as error:
            logger.warning("What %s said is kept, and was not delivered: %s", self.user.username, error)
            raise Refused("NOT_DELIVERED", "The message is kept. The others read it later.") from None
        if said:
            await self.pass_on(said)
        else:
            tell_change(room)

    async def say(self, room, text, key):
        """Keep a message, then tell the room; or return the text of one that was kept before under the same key."""
        event, said = await history.keep(self.user.pk, room, text, key)
        if event:
            await self.tell_room(room, event)
        return said

    async def tell_room(self, room, event):
        await tell_room(room, event)

    async def do_rooms(self, command):
        user = await rights.current_user(self.scope)
        if user is None:
            raise Refused("USER_HAS_TO_LOGIN", "You are not logged in any more.")
        for group in ["rooms", "rooms-staff"][: 1 + user.is_staff]:
            await self.join_group(group)
        await self.tell({"rooms": await database_sync_to_async(overview.overview)(user)})

    async def do_read(self, command):
        room = command["room"]
        message_id = await overview.mark_read(self.user.pk, room, command["id"])
        self.unread = 0  # whoever says what it has read does read
        await self.tell({"read": str(room), "id": message_id})
        tell_read(self.user.pk, room, message_id, but=self.channel_name)

    async def dispatch(self, message):
        # Before each event Channels looks after database connections, in a thread. Who passes a text on needs none.
        if message["type"] in self.passed_on:
            await getattr(self, get_handler_name(message))(message)
        else:
            await super().dispatch(message)

    async def room_message(self, event):
        room, known = event["room"], self.rooms.get(event["room"])
        if known is None or event["id"] <= known:
            return  # not in this room any more; or told already, from the history
        self.recent[room].note(event["id"], event["before"], event["text"])
        if event["before"] <= known:
            self.rooms[room] = event["id"]
            await self.pass_on(event["text"])
        else:  # the layer has lost something, the database has it
            heart.missed += max(await self.catch_up(room, event["id"]) - 1, 0)

    async def catch_up(self, room, until):
        """Tell what the database has up to an id; returns how many messages that were."""
        told = 0
        while self.rooms[room] < until and not self.over:
            found = await self.recent[room].read(self.rooms[room], until)
            for message_id, text in found or [(until, None)]:  # nothing: it was deleted meanwhile
                self.rooms[room] = message_id
                if text:
                    await self.pass_on(text)
                    told += 1
        return told

    async def room_last(self, event):
        if event["room"] in self.rooms:
            heart.missed += await self.catch_up(event["room"], event["last"])

    async def room_people(self, event):
        if event["room"] in self.rooms and event["but"] != self.channel_name:
            await self.pass_on(event["text"])

    async def list_change(self, event):
        await self.pass_on(event["text"])

    async def user_read(self, event):
        if event["but"] != self.channel_name:
            await self.pass_on(event["text"])

    async def rights_changed(self, event):
        """Somebody's or a room's rights have changed: leave at once where one may not be any more."""
        if self.over:
            return
        user = await rights.current_user(self.scope)
        if user is None:
            return await self.refuse({"error": "USER_HAS_TO_LOGIN", "detail": "You are not logged in any more."})
        if "rooms-staff" in self.member_of and not user.is_staff:
            await self.leave_groups("rooms-staff")
        for room in await rights.lost_rooms(user, list(self.rooms)):
            await self.forget(room)
            await self.tell({"leave": str(room)})
            detail = "You may not be in this room any more."
            await self.tell({"error": "ROOM_ACCESS_DENIED", "detail": detail, "room": str(room)})

    async def heart_beat(self, event):
        """Into the groups, again: the layer may have lost them. What else to see to, `rounds.py` finds."""
        for group in list(self.member_of):
            await self.join_group(group)

    def renews(self):
        return bool(self.member_of)
