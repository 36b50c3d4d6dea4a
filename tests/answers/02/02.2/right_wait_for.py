# instead of:
    try:
        async with asyncio.timeout(seconds):
            notices = await board.wait_for_newer(after)
    except TimeoutError:
        return HttpResponse(status=204)
    return JsonResponse({"notices": notices})
# stands:
    try:
        notices = await asyncio.wait_for(board.wait_for_newer(after), seconds)
    except asyncio.TimeoutError:
        notices = []
    return JsonResponse({"notices": notices}, status=200 if notices else 204)
