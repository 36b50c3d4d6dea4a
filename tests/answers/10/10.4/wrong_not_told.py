# earns: no longer tells anybody
# instead of:
    if changed:
        tell(Task.objects.get(pk=number))
    return bool(changed)
# stands:
    return bool(changed)
