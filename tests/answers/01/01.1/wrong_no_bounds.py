# earns: should have been answered with 400; 200 came
# instead of:
    if not limit.isdecimal() or not 1 <= int(limit[:4]) <= 100:
# stands:
    if not limit.isdecimal():
