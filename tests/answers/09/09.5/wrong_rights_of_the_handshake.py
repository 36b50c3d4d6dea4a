# earns: as it was when the connection was opened
# instead of:
        user, room = rights.check(user_id, room_id)
        if not user.is_staff:
            raise rights.Refused("ROOM_ACCESS_DENIED", "Only the staff removes messages.")
        removed, _ = Message.objects.filter(room=room, pk=message_id).delete()
# stands:
        removed, _ = Message.objects.filter(room=room_id, pk=message_id).delete()
# instead of:
        await history.remove(self.user.pk, room, message_id)
# stands:
        if not self.user.is_staff:
            raise Refused("ROOM_ACCESS_DENIED", "This is for the staff.")
        await history.remove(self.user.pk, room, message_id)
