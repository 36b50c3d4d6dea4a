# instead of:
    if type(number) is int and user.tasks.filter(pk=number).exists():
        for before in ACTIVE:
            if change(number, before, state="cancelled"):
                return number
    raise Refused("TASK_INVALID", "You have no such task that is not over.")
# stands:
    mine = user.tasks.filter(state__in=ACTIVE)
    try:
        changed = mine.filter(pk=number).update(state="cancelled", changed=timezone.now())
    except (ValueError, TypeError, OverflowError):
        changed = 0
    if not changed:
        raise Refused("TASK_INVALID", "No.")
    tell(Task.objects.get(pk=number))
    return number
