# earns: it names no event
# instead of:
            kind = "event: urgent\n" if notice["text"].startswith("!") else ""
# stands:
            kind = ""
