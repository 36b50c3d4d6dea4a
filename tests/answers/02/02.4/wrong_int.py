# earns: should have been answered with 200; 500 came
# instead of:
    after = int(last) if last.isdecimal() and len(last) <= MOST_DIGITS else read_after(request)
# stands:
    after = int(last) if last else read_after(request)
