# earns: When a notice goes up
# instead of:
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})
# stands:
    import asyncio

    await asyncio.sleep(2)
    return JsonResponse({"notices": await board.newer(read_after(request))})
