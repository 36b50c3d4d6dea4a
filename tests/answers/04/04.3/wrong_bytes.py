# earns: A frame of bytes has no `text`
# instead of:
        if (text := event.get("text")) is not None:
            count += 1
            await send({"type": "websocket.send", "text": f"{count} {text}"})
# stands:
        count += 1
        await send({"type": "websocket.send", "text": f"{count} {event['text']}"})
