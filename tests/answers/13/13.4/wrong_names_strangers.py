# earns: sam should have received
# instead of:
    if Room.objects.get(pk=room_id).staff_only:
        marks = marks.filter(user__is_staff=True)
# stands:
