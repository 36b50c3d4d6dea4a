# earns: sam should have received `{"error": "MESSAGE_INVALID"}`
# instead of:
        removed, _ = Message.objects.filter(room=room, pk=message_id).delete()
# stands:
        removed, _ = Message.objects.filter(pk=message_id).delete()
