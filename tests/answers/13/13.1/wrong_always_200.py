# earns: said the right thing with status 200, not 503
# instead of:
    return JsonResponse(well, status=200 if all(well.values()) else 503)
# stands:
    return JsonResponse(well)
