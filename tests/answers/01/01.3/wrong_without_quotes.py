# earns: a tag should stand in double quotes
# instead of:
        return JsonResponse({"notices": await board.newer(read_after(request))})
# stands:
        found = await board.newer(read_after(request))
        tag = str(found[-1]["id"] if found else 0)
        status = 304 if request.headers.get("If-None-Match") == tag else 200
        return JsonResponse({"notices": found}, status=status, headers={"ETag": tag})
# instead of:
@conditional_page  # it makes the tag, of the body, and compares it
# stands:
