# earns: should name no event
# instead of:
            kind = "event: urgent\n" if notice["text"].startswith("!") else ""
# stands:
            kind = "event: urgent\n" if "!" in notice["text"] else "event: notice\n"
