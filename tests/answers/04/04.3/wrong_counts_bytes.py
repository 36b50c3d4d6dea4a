# earns: Bytes are counted, too
# instead of:
        if (text := event.get("text")) is not None:
            count += 1
# stands:
        count += 1
        if (text := event.get("text")) is not None:
