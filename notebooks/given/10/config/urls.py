# part: routes
"""Which view answers which path."""

from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url="rooms/")),
    path("admin/", admin.site.urls),
    path("notices/", include("notices.urls")),
    path("people/", include("people.urls")),
    path("chat/", include("chat.urls")),
    path("rooms/", include("multichat.urls")),
    path("tasks/", include("tasks.urls")),
]
