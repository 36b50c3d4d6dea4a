# earns: should have been answered with 400; 500 came
# instead of:
    if not limit.isdecimal() or not 1 <= int(limit[:4]) <= 100:
        raise BadRequest("?limit= takes a number from 1 to 100.")
# stands:
    if not 1 <= int(limit) <= 100:
        raise BadRequest("?limit= takes a number from 1 to 100.")
