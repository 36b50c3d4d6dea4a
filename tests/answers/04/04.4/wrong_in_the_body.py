# earns: the answer has no `X-Request-ID`
# instead of:
            if event["type"] == "http.response.start":
# stands:
            if event["type"] == "http.response.body":
