# instead of:
    after = int(last) if last.isdecimal() and len(last) <= MOST_DIGITS else read_after(request)
# stands:
    try:
        after = int(last)
        if not 0 <= after < 10**MOST_DIGITS:
            raise ValueError(last)
    except ValueError:
        after = read_after(request)
