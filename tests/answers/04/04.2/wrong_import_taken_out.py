# earns: NameError
# instead of:

from notices.models import Notice
# stands:
