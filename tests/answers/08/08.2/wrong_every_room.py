# earns: it has 2 elements, not 1
# instead of:
    return [event_of(message) async for message in of_room(room).filter(text__icontains=word)[:FOUND]]
# stands:
    messages = Message.objects.filter(text__icontains=word).order_by("-id")[:FOUND]
    return [event_of(message) async for message in messages]
