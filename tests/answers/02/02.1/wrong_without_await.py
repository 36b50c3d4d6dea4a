# earns: sleep-not-awaited
# instead of:
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})
# stands:
    import asyncio, time

    after, deadline = read_after(request), time.monotonic() + 2
    while not (found := await board.newer(after)) and time.monotonic() < deadline:
        asyncio.sleep(0.01)
    return JsonResponse({"notices": found})
