# earns: When all have left there should be 0
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
    global listening
    listening += 1
    yield "\n"
    while True:
        notices = await board.wait_for_newer(after)
        for notice in notices:
            after = notice["id"]
            yield json.dumps(notice) + "\n"
        if not notices:
            yield "\n"
    listening -= 1
