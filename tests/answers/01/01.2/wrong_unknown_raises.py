# earns: should have been answered with 404; 500 came
# instead of:
    shown = await found.values("id", "text").afirst()
    if shown is None:
        raise Http404
# stands:
    shown = await found.values("id", "text").aget() if request.method == "GET" else None
