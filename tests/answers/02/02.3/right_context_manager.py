# instead of:
async def lines(after):
    global listening
    listening += 1
    try:
        yield "\n"  # Daphne sends the head together with the first bytes of the body
        while True:
            notices = await board.wait_for_newer(after)
            for notice in notices:
                after = notice["id"]
                yield json.dumps(notice) + "\n"
            if not notices:
                yield "\n"  # still here: who sends nothing does not notice a client that has gone
    finally:  # whoever listens has left
        listening -= 1
# stands:
async def lines(after):
    yield "\n"
    while True:
        notices = await board.wait_for_newer(after)
        for notice in notices:
            after = notice["id"]
            yield json.dumps(notice) + "\n"
        if not notices:
            yield "\n"
# instead of:
    return StreamingHttpResponse(lines(read_after(request)), content_type="application/x-ndjson")
# stands:
    return StreamingHttpResponse(counted(lines(read_after(request))), content_type="application/x-ndjson")


async def counted(lines):
    with Present():
        async for line in lines:
            yield line


class Present:
    people = set()

    def __enter__(self):
        self.people.add(self)

    def __exit__(self, *_):
        self.people.discard(self)
# instead of:
    return JsonResponse({"listeners": listening})
# stands:
    return JsonResponse({"listeners": len(Present.people)})
