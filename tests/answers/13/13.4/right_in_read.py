# instead of:
        room = command["room"]
        before = await receipts.read_by(self.user.pk, room)
        await super().do_read(command)
        now = await receipts.read_by(self.user.pk, room)
        if now > before:
            who = {"username": self.user.username, "read": now, "but": self.channel_name}
            await ask(self.channel_layer.group_send(f"room-{room}", {"type": "room.read", "room": room, **who}))

    async def room_read(self, event):
        if event["room"] in self.rooms and event["but"] != self.channel_name:
            told = {"msg_type": 7, "room": str(event["room"]), "username": event["username"], "read": event["read"]}
            await self.tell(told)
# stands:
        room, name = command["room"], self.user.username
        before = (await receipts.readers_of(room)).get(name, 0)
        await super().do_read(command)
        now = (await receipts.readers_of(room)).get(name, 0)
        if now == before:
            return
        text = json.dumps({"msg_type": 7, "room": str(room), "username": name, "read": now})
        event = {"type": "room.people", "room": room, "text": text, "but": self.channel_name}
        await ask(get_channel_layer().group_send(f"room-{room}", event))
# instead of:
from multichat import receipts
from multichat.protocol import Refused
# stands:
import json

from multichat import receipts
from multichat.protocol import Refused
# instead of:
    marks = LastRead.objects.filter(room=room_id, message__gt=0, user__is_active=True)
    if Room.objects.get(pk=room_id).staff_only:
        marks = marks.filter(user__is_staff=True)
    return dict(marks.values_list("user__username", "message"))
# stands:
    room = Room.objects.filter(pk=room_id).first()
    marks = LastRead.objects.filter(room=room).exclude(message=0).select_related("user")
    return {
        mark.user.username: mark.message
        for mark in marks
        if room and mark.user.is_active and (mark.user.is_staff or not room.staff_only)
    }
