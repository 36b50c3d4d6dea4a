# earns: Where there is news already
# instead of:
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})
# stands:
    await board.bell.next_ring.wait()
    return JsonResponse({"notices": await board.newer(read_after(request))})
