# instead of:
    return StreamingHttpResponse(lines(read_after(request)), content_type="application/x-ndjson")
# stands:
    global listening
    after = read_after(request)
    listening += 1
    return StreamingHttpResponse(lines(after), content_type="application/x-ndjson")
# instead of:
    global listening
    listening += 1
    try:
        yield "\n"  # Daphne sends the head together with the first bytes of the body
# stands:
    global listening
    try:
        yield "\n"
