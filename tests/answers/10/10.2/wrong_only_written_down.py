# earns: a message in its channel tells it what to run
# instead of:
from tasks.starting import start
# stands:
from tasks.models import Task
# instead of:
            task = start(user.pk, {"kind": kind, "room": room})
# stands:
            task = Task.objects.create(user=user, kind=kind, room_id=room)
