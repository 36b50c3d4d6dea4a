# earns: in its element 1
# instead of:
        return JsonResponse({"notices": found[:limit], "more": limit is not None and len(found) > limit})
# stands:
        shown = found[-limit:] if limit else found
        return JsonResponse({"notices": shown, "more": limit is not None and len(found) > limit})
