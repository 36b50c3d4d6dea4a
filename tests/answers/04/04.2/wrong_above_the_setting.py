# earns: settings are not configured
# instead of:
from django.core.asgi import get_asgi_application
# stands:
from django.core.asgi import get_asgi_application

from notices.models import Notice
# instead of:
django_application = get_asgi_application()

from notices.models import Notice
# stands:
django_application = get_asgi_application()
