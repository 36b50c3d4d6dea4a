# instead of:
    found = Notice.objects.filter(id=number)
    shown = await found.values("id", "text").afirst()
    if shown is None:
        raise Http404
    if request.method == "GET":
        return JsonResponse(shown)
    await found.adelete()
    return HttpResponse(status=204)
# stands:
    if request.method == "DELETE":
        gone, _ = await Notice.objects.filter(id=number).adelete()
        return HttpResponse(status=204 if gone else 404)
    try:
        notice = await Notice.objects.aget(id=number)
    except Notice.DoesNotExist:
        return JsonResponse({"error": "no such notice"}, status=404)
    return JsonResponse({"id": notice.id, "text": notice.text})
