# earns: should have been answered with 200; 404 came
# instead of:
    if request.method == "GET":
        return JsonResponse(shown)
    await found.adelete()
    return HttpResponse(status=204)
# stands:
    await found.adelete()
    if request.method == "GET":
        return JsonResponse(shown)
    return HttpResponse(status=204)
