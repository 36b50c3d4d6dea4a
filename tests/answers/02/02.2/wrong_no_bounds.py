# earns: should have been answered with 400; 204 came
# instead of:
    if not ms.isdecimal() or not 1 <= int(ms[:6]) <= 60_000:
# stands:
    if not ms.isdecimal():
