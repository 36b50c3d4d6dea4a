"""The chat: one connection, many rooms."""

import json
import logging

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import ChannelFull
from channels.generic.websocket import AsyncWebsocketConsumer

from multichat import history, overview, presence, rights
from multichat.heart import heart
from multichat.limits import PATIENCE, bucket_of
from multichat.protocol import Refused, about, read_command
from multichat.recent import recent_of
from multichat.telling import ENTER, LEAVE, tell_lists, tell_people

logger = logging.getLogger(__name__)

LOGGED_OUT, UNREAD, FLOODED = 4001, 4008, 4029  # close codes
PASSED_ON = {"room.message", "room.people", "list.change", "user.read"}
MOST_UNREAD = 4 * 2**20  # characters sent since the client last showed that it reads


class MultichatConsumer(AsyncWebsocketConsumer):
    async def __call__(self, scope, receive, send):
        self.rooms = {}  # the rooms that it is in → the id of the newest message that it was told
        self.recent = {}
        self.over = False
        self.unread = 0
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
        await self.channel_layer.group_add(f"user-{self.user.pk}", self.channel_name)
        heart.add(self)

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

    async def pass_on(self, text):
        """Send a text, unless the client has left too much unread: the server would have to keep that."""
        self.unread += len(text)
        if self.unread > MOST_UNREAD:
            await self.end(UNREAD)
        if not self.over:
            await self.send(text)

    async def end(self, code):
        if not self.over:
            self.over = True
            await self.close(code)

    async def do_join(self, command):
        room = command["room"]
        # First into the group, then to the database: what is said in between comes by both, and is told once.
        await self.listen(room)
        try:
            answer, texts, first = await presence.enter(self.user.pk, room, self.channel_name, command)
        except Refused:
            await self.forget(room)
            raise
        self.rooms[room], self.recent[room] = answer["last"], recent_of(room)
        await self.tell(answer)
        for text in texts:
            await self.pass_on(text)
        if first:
            await tell_people(ENTER, room, self.user.username, len(answer["people"]), but=self.channel_name)

    async def listen(self, room):
        await self.channel_layer.group_add(f"room-{room}", self.channel_name)

    async def stop_listening(self, room):
        await self.channel_layer.group_discard(f"room-{room}", self.channel_name)

    async def do_leave(self, command):
        room = command["room"]
        if room not in self.rooms:
            raise Refused("ROOM_ACCESS_DENIED", "You are not in this room.")
        await self.forget(room)
        await self.tell({"leave": str(room)})

    async def forget(self, *rooms):
        """Out of rooms and their groups, and tell who is left there."""
        was_in = [room for room in rooms if self.rooms.pop(room, None) is not None]
        for room in rooms:
            self.recent.pop(room, None)
            await self.stop_listening(room)
        if was_in:
            for room, number in (await presence.leave(self.user.pk, was_in, self.channel_name)).items():
                await tell_people(LEAVE, room, self.user.username, number)

    async def do_send(self, command):
        room = command["room"]
        if room not in self.rooms:
            raise Refused("ROOM_ACCESS_DENIED", "Join the room first.")
        event, text = await history.keep(self.user.pk, room, command["message"], command.get("key"))
        if event is None:  # it was kept before
            return await self.pass_on(text)
        try:
            await self.channel_layer.group_send(f"room-{room}", event)
        except (OSError, ChannelFull) as error:
            logger.warning("Message %s is kept, and was not delivered: %r", event["id"], error)
            raise Refused("NOT_DELIVERED", "The message is kept. The others read it later.") from None
        tell_lists(room)

    async def do_rooms(self, command):
        user = await rights.current_user(self.scope)
        if user is None:
            raise Refused("USER_HAS_TO_LOGIN", "You are not logged in any more.")
        for group in ["rooms", "rooms-staff"][: 1 + user.is_staff]:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.tell({"rooms": await database_sync_to_async(overview.overview)(user)})

    async def do_read(self, command):
        room = command["room"]
        message_id = await overview.mark_read(self.user.pk, room, command["id"])
        self.unread = 0  # whoever says what it has read does read
        event = {"type": "user.read", "text": json.dumps({"read": str(room), "id": message_id})}
        await self.channel_layer.group_send(f"user-{self.user.pk}", event)

    async def dispatch(self, message):
        # Before each event Channels looks after database connections, in a thread. Who passes a text on needs none.
        if message["type"] in PASSED_ON:
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
            await self.catch_up(room, event["id"])

    async def catch_up(self, room, until):
        while self.rooms[room] < until and not self.over:
            found = await self.recent[room].read(self.rooms[room], until)
            for message_id, text in found or [(until, None)]:  # nothing: it was deleted meanwhile
                self.rooms[room] = message_id
                if text:
                    await self.pass_on(text)

    async def room_people(self, event):
        if event["room"] in self.rooms and event["but"] != self.channel_name:
            await self.pass_on(event["text"])

    async def list_change(self, event):
        await self.pass_on(event["text"])

    user_read = list_change

    async def rights_changed(self, event):
        """Somebody's or a room's rights have changed: leave at once where one may not be any more."""
        if self.over:
            return
        user = await rights.current_user(self.scope)
        if user is None:
            return await self.refuse({"error": "USER_HAS_TO_LOGIN", "detail": "You are not logged in any more."})
        if not user.is_staff:
            await self.channel_layer.group_discard("rooms-staff", self.channel_name)
        for room in await rights.lost_rooms(user, list(self.rooms)):
            await self.forget(room)
            await self.tell({"leave": str(room)})
            detail = "You may not be in this room any more."
            await self.tell({"error": "ROOM_ACCESS_DENIED", "detail": detail, "room": str(room)})

    async def heart_beat(self, event):
        """See that all is well: the rights, the membership in the groups, and that nothing was lost on the way."""
        await self.rights_changed(event)
        await self.channel_layer.group_add(f"user-{self.user.pk}", self.channel_name)
        for room in list(self.rooms):
            await self.listen(room)
        for room, last in (await history.newest_ids(list(self.rooms))).items():
            await self.catch_up(room, last)

    async def clean_up(self):
        heart.remove(self)
        try:
            if self.rooms:
                await self.forget(*self.rooms)
            for group in ["rooms", "rooms-staff", f"user-{self.user.pk}"]:
                await self.channel_layer.group_discard(group, self.channel_name)
        except Exception as error:  # without its layer: then these groups are gone, too
            logger.warning("A connection could not be taken out of its groups: %r", error)
