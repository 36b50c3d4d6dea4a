# earns: within 1.5 s it was not
# instead of:
    return int(ms) / 1000
# stands:
    return int(ms)
