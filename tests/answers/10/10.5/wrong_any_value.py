# earns: expected a number but got
# instead of:
    if type(number) is int and user.tasks.filter(pk=number).exists():
# stands:
    if user.tasks.filter(pk=number).exists():
