# part: routes
"""Which view answers which path."""

from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]

# part: static
# Daphne's own command serves no static files: this does, while DEBUG is on.
urlpatterns += staticfiles_urlpatterns("static/")
