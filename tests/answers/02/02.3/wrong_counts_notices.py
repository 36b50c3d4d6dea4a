# earns: When Bob has come, too, there should be 2
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
    try:
        yield "\n"
        while True:
            listening += 1
            notices = await board.wait_for_newer(after)
            for notice in notices:
                after = notice["id"]
                yield json.dumps(notice) + "\n"
            if not notices:
                yield "\n"
    finally:
        listening -= 1
