# instead of:
            kind = "event: urgent\n" if notice["text"].startswith("!") else ""
            yield f"{kind}id: {after}\ndata: {json.dumps(notice)}\n\n"
# stands:
            yield "".join(f"{name}:{value}\n" for name, value in fields(notice)) + "\n"
# instead of:
async def told(after):
# stands:
def fields(notice):
    """Name and value of each line of an event."""
    if notice["text"][:1] == "!":
        yield "event", "urgent"
    yield "data", json.dumps(notice, ensure_ascii=False)
    yield "id", notice["id"]


async def told(after):
