"""The chat's pages, below chat/."""

from django.urls import path

from chat import views

urlpatterns = [
    path("<str:room>/", views.room, name="room"),
]
