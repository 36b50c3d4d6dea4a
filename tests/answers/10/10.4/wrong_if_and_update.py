# earns: before one of them wrote that it runs
# instead of:
    changed = Task.objects.filter(pk=number, state=before).update(**changes, changed=timezone.now())
    if changed:
# stands:
    if not Task.objects.filter(pk=number, state=before).exists():
        return False
    changed = Task.objects.filter(pk=number).update(**changes, changed=timezone.now())
    if changed:
