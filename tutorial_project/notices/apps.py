"""The notices app: what is announced, and the ways by which it reaches a reader."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
