# earns: `listeners` is missing
# instead of:
    return JsonResponse({"listeners": listening})
# stands:
    return JsonResponse({"count": listening})
