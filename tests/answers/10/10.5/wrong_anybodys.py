# earns: Somebody else's task should not have been cancelled
# instead of:
    if type(number) is int and user.tasks.filter(pk=number).exists():
# stands:
    if type(number) is int:
