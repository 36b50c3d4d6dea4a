"""The pages: the board for everybody, and the leader's."""

from django.urls import path

from channels_lab.classroom import views

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", views.board, name="board"),
    path("leader/", views.leader, name="leader"),
]
