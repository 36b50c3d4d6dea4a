# earns: should have the header ETag, and has none
# instead of:
        return JsonResponse({"notices": await board.newer(read_after(request))})
# stands:
        found = await board.newer(read_after(request))
        return JsonResponse({"notices": found}, headers={"E-Tag": "\"1\""})
# instead of:
@conditional_page  # it makes the tag, of the body, and compares it
# stands:
