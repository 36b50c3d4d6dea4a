"""The tasks app: slow work that people start, done by workers."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
