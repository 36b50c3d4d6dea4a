# earns: who comes back with `Last-Event-ID`, should
# instead of:
    last = request.headers.get("Last-Event-ID", "")
# stands:
    last = request.GET.get("Last-Event-ID", "")
