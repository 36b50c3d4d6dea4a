# earns: between two naps of the whole server
# instead of:
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})
# stands:
    import time

    after, deadline = read_after(request), time.monotonic() + 2
    while not (found := await board.newer(after)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return JsonResponse({"notices": found})
