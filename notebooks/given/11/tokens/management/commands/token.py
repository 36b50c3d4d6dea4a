"""`manage.py token USERNAME NAME`: makes a token for a program, and prints it, this once; or revokes it."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from tokens.models import Token
from tokens.signing import text_of


class Command(BaseCommand):
    help = "Makes a token for a user and prints it, the only time that it is shown; or revokes those of a name."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("name", help="what the token is for")
        parser.add_argument("--minutes", type=float, default=24 * 60, help="how long it is good for (default: a day)")
        parser.add_argument("--revoke", action="store_true", help="revoke the user's tokens of this name")

    def handle(self, *, username, name, minutes, revoke, **options):
        try:
            user = get_user_model().objects.get_by_natural_key(username)
        except get_user_model().DoesNotExist:
            raise CommandError(f"There is no user {username}.") from None
        if not revoke:
            self.stdout.write(text_of(Token.make(user, name, timedelta(minutes=minutes))))
        elif not Token.objects.filter(user=user, name=name).delete()[0]:
            raise CommandError(f"{username} has no token {name}.")
