"""Puts tasks back that a killed `db_worker` has left behind: to be run by a timer, such as cron."""

from django.core.management.base import BaseCommand

from tasks.durable import put_back


class Command(BaseCommand):
    help = "Put durable tasks back whose worker is gone."

    def handle(self, **options):
        for number in put_back():
            self.stdout.write(f"task {number} waits again")
