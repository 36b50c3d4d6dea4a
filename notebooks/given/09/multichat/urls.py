"""The rooms' pages, below rooms/."""

from django.urls import path

from multichat import views

urlpatterns = [
    path("", views.rooms, name="rooms"),
    path("<int:room_id>/", views.room, name="multichat-room"),
]
