"""The chat app: rooms in which people talk."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
