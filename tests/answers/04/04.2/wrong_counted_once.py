# earns: /notices/count/ should have said
# instead of:
from notices.models import Notice
# stands:
from notices.models import Notice

COUNT = Notice.objects.count()
# instead of:
        count = await Notice.objects.acount()
# stands:
        count = COUNT
