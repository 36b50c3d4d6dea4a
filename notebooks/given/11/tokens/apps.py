"""The tokens app: identity for programs, and the end of every identity."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TokensConfig(AppConfig):
    name = "tokens"

    def ready(self):
        autodiscover_modules("signals")  # in every process that may end an identity: server, worker, command
