# earns: should have been answered with 404; 204 came
# instead of:
    if shown is None:
        raise Http404
    if request.method == "GET":
        return JsonResponse(shown)
# stands:
    if request.method == "GET":
        if shown is None:
            raise Http404
        return JsonResponse(shown)
