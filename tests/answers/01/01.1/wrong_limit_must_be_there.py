# earns: should have been answered with 200; 500 came
# instead of:
    limit = request.GET.get("limit")
    if limit is None:
        return None
# stands:
    limit = request.GET["limit"]
