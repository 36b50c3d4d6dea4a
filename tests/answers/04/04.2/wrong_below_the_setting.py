# earns: Apps aren't loaded yet
# instead of:
# This sets Django up: what imports models is imported below this line, never above it.
django_application = get_asgi_application()

from notices.models import Notice
# stands:
from notices.models import Notice

django_application = get_asgi_application()
