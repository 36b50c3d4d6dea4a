"""The pages: the board for everybody, and the leader's.

Both lie in one folder, and all their addresses are relative to it: below which path a proxy has us need not be known,
and each person may have another.
"""

from django.urls import path

from channels_lab.classroom import views

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", views.board, name="board"),
    path("leader", views.leader, name="leader"),
]
