# file: config/health.py
"""Whether this server is well: for whoever spreads the load."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def health(request):
    well = {"database": True, "layer": True}
    try:
        connection.ensure_connection()
        connection.introspection.table_names()
    except Exception:
        well["database"] = False
    try:
        async_to_sync(there_and_back)(get_channel_layer())
    except Exception:
        well["layer"] = False
    return JsonResponse(well, status=503 if False in well.values() else 200)


async def there_and_back(layer):
    channel = await layer.new_channel()
    await layer.group_add("health", channel)
    await layer.group_discard("health", channel)
# file: config/urls.py
"""Which view answers which path."""

from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from config import health

urlpatterns = [
    path("health/", health.health, name="health"),
    path("", RedirectView.as_view(url="rooms/")),
    path("admin/", admin.site.urls),
    path("notices/", include("notices.urls")),
    path("people/", include("people.urls")),
    path("chat/", include("chat.urls")),
    path("rooms/", include("multichat.urls")),
    path("tasks/", include("tasks.urls")),
    path("tokens/", include("tokens.urls")),
    *staticfiles_urlpatterns("static/"),
    path("favicon.ico", RedirectView.as_view(url="static/people/icon.svg")),
]
