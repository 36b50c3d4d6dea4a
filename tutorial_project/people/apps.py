"""The people app: who may log in, and the look of every page."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"
