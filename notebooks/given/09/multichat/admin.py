"""Rooms are made by the staff, in Django's admin."""

from django.contrib import admin

from multichat.models import Room


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ["title", "staff_only"]
