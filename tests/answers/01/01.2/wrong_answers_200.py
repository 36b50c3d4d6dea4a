# earns: should have been answered with 204; 200 came
# instead of:
    return HttpResponse(status=204)
# stands:
    return JsonResponse({"deleted": number})
