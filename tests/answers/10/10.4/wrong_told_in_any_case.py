# earns: on which nobody works
# instead of:
    if changed:
        tell(Task.objects.get(pk=number))
    return bool(changed)
# stands:
    tell(Task.objects.get(pk=number))
    return bool(changed)
