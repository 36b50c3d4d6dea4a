# earns: `more` is missing
# instead of:
        return JsonResponse({"notices": found[:limit], "more": limit is not None and len(found) > limit})
# stands:
        return JsonResponse({"notices": found[:limit]})
