"""Starts a task for somebody."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from multichat.protocol import Refused
from tasks import starting


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("kind")
        parser.add_argument("room", type=int)

    def handle(self, *args, **options):
        try:
            user = User.objects.get(username=options["username"])
            print("task", starting.start(user.id, options).id, "waits")
        except (User.DoesNotExist, Refused) as error:
            raise CommandError(error) from error
