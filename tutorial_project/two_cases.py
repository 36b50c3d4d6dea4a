"""One test, in a transaction and without: `manage.py test two_cases`."""

from threading import current_thread

from channels.db import database_sync_to_async
from django.test import TestCase, TransactionTestCase

from notices.models import Notice


def look(case):
    print(f"{type(case).__name__}: {current_thread().name} sees {Notice.objects.count()}")


class InATransaction(TestCase):
    async def test_who_sees_a_notice(self):
        await Notice.objects.acreate(text="new")
        await database_sync_to_async(look, thread_sensitive=False)(self)
        await database_sync_to_async(look)(self)


class Committed(TransactionTestCase):
    test_who_sees_a_notice = InATransaction.test_who_sees_a_notice
