"""The multichat app: many rooms over one socket."""

from django.apps import AppConfig


class MultichatConfig(AppConfig):
    name = "multichat"

    def ready(self):
        from multichat import signals  # noqa: F401 - it connects itself
