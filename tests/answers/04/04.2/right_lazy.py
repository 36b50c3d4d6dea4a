# instead of:

from notices.models import Notice
# stands:
# instead of:
        count = await Notice.objects.acount()
# stands:
        from notices.models import Notice

        count = await Notice.objects.acount()
