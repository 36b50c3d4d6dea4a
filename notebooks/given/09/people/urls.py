"""Signing up, logging in and out, by Django's own views."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from people.signup import SignUp

# The page names the course's users only where the migration made them, and signing up only where that is open.
about = {"show_course_users": settings.DEBUG, "sign_up_open": settings.SIGN_UP_OPEN}

urlpatterns = [
    path("login/", LoginView.as_view(extra_context=about), name="login"),
    # Relative to this page, so that a proxy which puts its own path before every redirect is right too.
    path("logout/", LogoutView.as_view(next_page="../login/"), name="logout"),
    path("signup/", SignUp.as_view(), name="signup"),
]
