# earns: Where one of several tags is the right one
# instead of:
        return JsonResponse({"notices": await board.newer(read_after(request))})
# stands:
        found = await board.newer(read_after(request))
        tag = f"\"{found[-1]["id"] if found else 0}\""
        if request.headers.get("If-None-Match") == tag:
            return JsonResponse({}, status=304, headers={"ETag": tag})
        return JsonResponse({"notices": found}, headers={"ETag": tag})
# instead of:
@conditional_page  # it makes the tag, of the body, and compares it
# stands:
