# instead of:
    try:
        async with asyncio.timeout(seconds):
            notices = await board.wait_for_newer(after)
    except TimeoutError:
        return HttpResponse(status=204)
    return JsonResponse({"notices": notices})
# stands:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + (25 if seconds is None else seconds)
    while not (notices := await board.newer(after)):
        if loop.time() > deadline:
            return HttpResponse(status=204)
        await asyncio.sleep(0.02)
    return JsonResponse({"notices": notices})
