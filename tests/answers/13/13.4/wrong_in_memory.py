# earns: `{"readers": {}, "room"
# instead of:
    marks = LastRead.objects.filter(room=room_id, message__gt=0, user__is_active=True)
    if Room.objects.get(pk=room_id).staff_only:
        marks = marks.filter(user__is_staff=True)
    return dict(marks.values_list("user__username", "message"))
# stands:
    return dict(READ.get(room_id, {}))


READ = {}
# instead of:
        if now > before:
# stands:
        receipts.READ.setdefault(room, {})[self.user.username] = now
        if now > before:
