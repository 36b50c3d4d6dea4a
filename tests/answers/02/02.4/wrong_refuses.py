# earns: should have been answered with 200; 400 came
# instead of:
    after = int(last) if last.isdecimal() and len(last) <= MOST_DIGITS else read_after(request)
# stands:
    from django.core.exceptions import BadRequest

    if last and not last.isdecimal():
        raise BadRequest("no id")
    after = int(last[:19]) if last else read_after(request)
