# earns: its message came twice
# instead of:
    changed = Task.objects.filter(pk=number, state=before).update(**changes, changed=timezone.now())
# stands:
    changed = Task.objects.filter(pk=number).update(**changes, changed=timezone.now())
