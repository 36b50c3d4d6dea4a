# earns: the database still has it
# instead of:
        removed, _ = Message.objects.filter(room=room, pk=message_id).delete()
# stands:
        removed = Message.objects.filter(room=room, pk=message_id).count()
