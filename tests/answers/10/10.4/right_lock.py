# instead of:
    # One UPDATE … WHERE state = …: of two who try at once, the database lets one.
    changed = Task.objects.filter(pk=number, state=before).update(**changes, changed=timezone.now())
    if changed:
        tell(Task.objects.get(pk=number))
    return bool(changed)
# stands:
    with transaction.atomic():
        task = Task.objects.select_for_update().filter(pk=number).first()
        if task is None or task.state != before:
            return False
        for key, value in changes.items():
            setattr(task, key, value)
        task.changed = timezone.now()
        task.save()
    tell(task)
    return True
# instead of:
from django.utils import timezone
# stands:
from django.db import transaction
from django.utils import timezone
