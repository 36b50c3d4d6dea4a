# earns: a page from another port (
# instead of:
        return urlsplit(origin).netloc == host
# stands:
        return urlsplit(origin).hostname == host.partition(":")[0]
