# earns: Write `async for
# instead of:
    return [event_of(message) async for message in of_room(room).filter(text__icontains=word)[:FOUND]]
# stands:
    return [event_of(message) for message in of_room(room).filter(text__icontains=word)[:FOUND]]
