"""Logging in and out, by Django's own views."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

urlpatterns = [
    # The page names the course's users only where the migration made them.
    path("login/", LoginView.as_view(extra_context={"show_course_users": settings.DEBUG}), name="login"),
    # Relative to this page, so that a proxy which puts its own path before every redirect is right too.
    path("logout/", LogoutView.as_view(next_page="../login/"), name="logout"),
]
