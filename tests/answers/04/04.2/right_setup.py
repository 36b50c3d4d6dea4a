# instead of:
from django.core.asgi import get_asgi_application
# stands:
import django
from django.core.asgi import get_asgi_application
# instead of:
# This sets Django up: what imports models is imported below this line, never above it.
django_application = get_asgi_application()

from notices.models import Notice
# stands:
django.setup()

from notices.models import Notice

django_application = get_asgi_application()
