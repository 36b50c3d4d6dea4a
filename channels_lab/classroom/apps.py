"""The Django app."""

from django.apps import AppConfig

__all__ = ["ClassroomConfig"]


class ClassroomConfig(AppConfig):
    """The room's board."""

    name = "channels_lab.classroom"
    label = "classroom"
