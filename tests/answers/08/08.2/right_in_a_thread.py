# instead of:
async def find(room, word):
    """Return the newest messages of a room with this word in them as events, newest first."""
    return [event_of(message) async for message in of_room(room).filter(text__icontains=word)[:FOUND]]
# stands:
@database_sync_to_async
def find(room, word):
    messages = Message.objects.filter(room=room, text__icontains=word).order_by("-id")[:5]
    return [{"id": m.id, "username": m.username, "message": m.text, "at": str(m.at)} for m in messages]
