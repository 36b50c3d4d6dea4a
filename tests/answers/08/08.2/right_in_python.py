# instead of:
    return [event_of(message) async for message in of_room(room).filter(text__icontains=word)[:FOUND]]
# stands:
    found = []
    async for message in of_room(room):
        if word.lower() in message.text.lower() and len(found) < FOUND:
            found.append(event_of(message))
    return found
