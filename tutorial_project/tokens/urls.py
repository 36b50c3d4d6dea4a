"""The page of one's tokens, below tokens/."""

from django.urls import path

from tokens import views

urlpatterns = [
    path("", views.page, name="tokens"),
    path("<uuid:id>/revoke/", views.revoke, name="revoke"),
]
