# earns: in `more` it is `true`, not `false`
# instead of:
        return JsonResponse({"notices": found[:limit], "more": limit is not None and len(found) > limit})
# stands:
        return JsonResponse({"notices": found[:limit], "more": limit is not None and len(found) >= limit})
