# earns: within 2 s it was not
# instead of:
    try:
        async with asyncio.timeout(seconds):
            notices = await board.wait_for_newer(after)
    except TimeoutError:
        return HttpResponse(status=204)
    return JsonResponse({"notices": notices})
# stands:
    await asyncio.sleep(seconds or 2)
    notices = await board.newer(after)
    return JsonResponse({"notices": notices}) if notices else HttpResponse(status=204)
