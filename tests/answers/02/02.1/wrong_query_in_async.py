# earns: SynchronousOnlyOperation
# instead of:
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})
# stands:
    import asyncio

    from notices.models import Notice

    while not (found := list(Notice.objects.filter(id__gt=read_after(request)).values("id", "text"))):
        await asyncio.sleep(0.1)
    return JsonResponse({"notices": found})
