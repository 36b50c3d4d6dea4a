# earns: and an old `?after=`, should
# instead of:
    after = int(last) if last.isdecimal() and len(last) <= MOST_DIGITS else read_after(request)
# stands:
    after = read_after(request) or (int(last) if last.isdecimal() and len(last) <= MOST_DIGITS else 0)
