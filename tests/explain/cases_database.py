"""Cases of rules about the database in async code."""

from .cases import Case
from .cases_async import TO_ASYNC, hear, receive, written
from .cases_first import say

__all__ = ["CASES"]

USER = "from django.contrib.auth.models import Permission, User\n"
REST = """

WhoConsumer = Hang


class TaskConsumer(AsyncWebsocketConsumer):
    pass
"""
PEOPLE = "def people(self):\n    return {}"
IN_THREAD = f"@database_sync_to_async\n{PEOPLE}"


def case(name: str, rule: str, body: str, *, good: bool = False) -> Case:
    """A case of, or a neighbour of, a rule: a consumer of the site, with the database."""
    files = {path: f"{text}{REST}" for path, text in written(body, USER + TO_ASYNC).items()}
    return Case(
        name,
        None if good else rule,
        neighbour_of=rule if good else "",
        files=files,
        base="site",
        database=True,
        act=hear if good else say,
    )


CASES = [
    case("count() in an async consumer", "query-in-async-code", receive("n = User.objects.count()")),
    case("for over a queryset", "query-in-async-code", receive("for one in User.objects.all():", "    pass")),
    case("list() of a queryset", "query-in-async-code", receive("people = list(User.objects.all())")),
    case(
        "save() in an async consumer",
        "query-in-async-code",
        receive("alice = await User.objects.aget(username='alice')", "alice.save()"),
    ),
    case(
        "a query in a plain helper",
        "query-in-async-code",
        receive("n = self.people()", more=PEOPLE.format("User.objects.count()")),
    ),
    case("await of count()", "query-in-async-code", receive("n = await User.objects.count()")),
    case(
        "acount() in an async consumer",
        "query-in-async-code",
        receive("await self.send(str(await User.objects.acount()))"),
        good=True,
    ),
    case(
        "async for over a queryset",
        "query-in-async-code",
        receive("async for one in User.objects.all():", "    await self.send(one.username)"),
        good=True,
    ),
    case(
        "a query in a thread",
        "query-in-async-code",
        receive("await self.send(str(await self.people()))", more=IN_THREAD.format("User.objects.count()")),
        good=True,
    ),
    case(
        "a queryset from a thread, in a for",
        "queryset-left-its-thread",
        receive("for one in await self.people():", "    pass", more=IN_THREAD.format("User.objects.all()")),
    ),
    case(
        "a queryset from a thread, in a list",
        "queryset-left-its-thread",
        receive(
            "people = await database_sync_to_async(User.objects.all)()", "names = [one.username for one in people]"
        ),
    ),
    case(
        "a list from a thread",
        "queryset-left-its-thread",
        receive(
            "for one in await self.people():",
            "    await self.send(one.username)",
            more=IN_THREAD.format("list(User.objects.all())"),
        ),
        good=True,
    ),
    case(
        "an attribute that refers to another row",
        "relation-in-async-code",
        receive("first = await Permission.objects.afirst()", "await self.send(first.content_type.model)"),
    ),
    case(
        "select_related",
        "relation-in-async-code",
        receive(
            "first = await Permission.objects.select_related('content_type').afirst()",
            "await self.send(first.content_type.model)",
        ),
        good=True,
    ),
    case(
        "the id of another row",
        "relation-in-async-code",
        receive("first = await Permission.objects.afirst()", "await self.send(str(first.content_type_id))"),
        good=True,
    ),
    Case(
        "acreate() without await",
        "async-query-not-awaited",
        files=case("", "-", receive("User.objects.acreate(username='x')", "await self.send('ok')")).files,
        base="site",
        database=True,
        act=hear,
    ),
    Case(
        "asave() without await",
        "async-query-not-awaited",
        files=case(
            "", "-", receive("one = await User.objects.afirst()", "one.asave()", "await self.send(one.username)")
        ).files,
        base="site",
        database=True,
        act=hear,
    ),
    case(
        "acreate() with await",
        "async-query-not-awaited",
        receive("one = await User.objects.acreate(username='x')", "await self.send(one.username)"),
        good=True,
    ),
    case("await of filter()", "queryset-awaited", receive("people = await User.objects.filter(is_staff=True)")),
    case(
        "a queryset that is built and counted",
        "queryset-awaited",
        receive("staff = User.objects.filter(is_staff=True)", "await self.send(str(await staff.acount()))"),
        good=True,
    ),
    case(
        "async for over a list",
        "async-for-over-a-list",
        receive("async for one in await self.people():", "    pass", more=IN_THREAD.format("list(User.objects.all())")),
    ),
    case(
        "for over an async generator",
        "async-for-over-a-list",
        receive("for one in self.people():", "    pass", more="async def people(self):\n    yield 'bob'"),
    ),
    case(
        "async for over an async generator",
        "async-for-over-a-list",
        receive(
            "async for one in self.people():",
            "    await self.send(one)",
            more="async def people(self):\n    yield 'bob'",
        ),
        good=True,
    ),
    case(
        "a query handed to database_sync_to_async too early",
        "sync-to-async-called-early",
        receive("n = await database_sync_to_async(User.objects.count())"),
    ),
    case(
        "a method with a query called too early",
        "sync-to-async-called-early",
        receive("n = await database_sync_to_async(self.people())()", more=PEOPLE.format("User.objects.count()")),
    ),
]
