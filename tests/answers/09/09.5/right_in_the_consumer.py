# instead of:
    with transaction.atomic():
        user, room = rights.check(user_id, room_id)
        if not user.is_staff:
            raise rights.Refused("ROOM_ACCESS_DENIED", "Only the staff removes messages.")
        removed, _ = Message.objects.filter(room=room, pk=message_id).delete()
    if not removed:
        raise rights.Refused("MESSAGE_INVALID", "There is no such message in this room.")
# stands:
    try:
        Message.objects.get(pk=message_id, room_id=room_id).delete()
    except Message.DoesNotExist:
        return False
    return True
# instead of:
        await history.remove(self.user.pk, room, message_id)
# stands:
        user = await rights.current_user(self.scope)
        if not user or not user.is_staff:
            raise Refused("ROOM_ACCESS_DENIED", "This is for the staff.")
        if not await history.remove(user.pk, room, message_id):
            raise Refused("MESSAGE_INVALID", "There is none.")
