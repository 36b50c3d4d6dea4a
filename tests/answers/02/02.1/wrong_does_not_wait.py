# earns: she was answered at once
# instead of:
    return JsonResponse({"notices": await board.wait_for_newer(read_after(request))})
# stands:
    return JsonResponse({"notices": await board.newer(read_after(request))})
