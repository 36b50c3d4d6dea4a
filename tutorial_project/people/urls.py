"""Signing up, logging in and out, by Django's own views."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_exempt
from people.signup import SignUp

# The page names the course's users only where the migration made them, and signing up only where that is open.
about = {"show_course_users": settings.DEBUG, "sign_up_open": settings.SIGN_UP_OPEN}

# A notebook shows in a frame pages that ask who one is; on a real site no other page may have these in a frame.
in_a_frame = xframe_options_exempt if settings.DEBUG else lambda view: view

urlpatterns = [
    path("login/", in_a_frame(LoginView.as_view(extra_context=about)), name="login"),
    # Relative to this page, so that a proxy which puts its own path before every redirect is right too.
    path("logout/", LogoutView.as_view(next_page="../login/"), name="logout"),
    path("signup/", in_a_frame(SignUp.as_view()), name="signup"),
]
