"""The multichat app: many rooms over one socket."""

from django.apps import AppConfig
from django.core.signals import request_finished
from django.db import connections


class MultichatConfig(AppConfig):
    name = "multichat"

    def ready(self):
        from multichat import signals  # it connects itself

        request_finished.connect(close_connections)


def close_connections(**kwargs):
    """The thread of a request ends with it: nobody would use its connection to the database again."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:  # in a test's transaction the connection is the test's
            connection.close()
