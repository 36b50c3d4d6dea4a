# earns: should have been answered with 204; 200 came
# instead of:
    try:
        async with asyncio.timeout(seconds):
            notices = await board.wait_for_newer(after)
    except TimeoutError:
        return HttpResponse(status=204)
    return JsonResponse({"notices": notices})
# stands:
    try:
        async with asyncio.timeout(seconds):
            notices = await board.wait_for_newer(after)
    except TimeoutError:
        notices = []
    return JsonResponse({"notices": notices})
