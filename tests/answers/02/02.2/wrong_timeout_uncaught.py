# earns: should have been answered with 204; 500 came
# instead of:
    try:
        async with asyncio.timeout(seconds):
            notices = await board.wait_for_newer(after)
    except TimeoutError:
        return HttpResponse(status=204)
    return JsonResponse({"notices": notices})
# stands:
    async with asyncio.timeout(seconds):
        notices = await board.wait_for_newer(after)
    return JsonResponse({"notices": notices}) if notices else HttpResponse(status=204)
