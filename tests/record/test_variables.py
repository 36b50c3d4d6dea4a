"""The recorder's variables: each context has its own values."""

import asyncio
from contextvars import copy_context

from channels_lab.record.variables import Variable


async def test_tasks_have_their_own() -> None:
    """What a task sets is seen in the tasks that it begins, and not outside."""
    number: Variable[int] = Variable(0)

    async def inner() -> int:
        return number.get()

    async def outer(value: int) -> int:
        number.set(value)
        return await asyncio.create_task(inner())

    assert await asyncio.gather(outer(1), outer(2)) == [1, 2]
    assert number.get() == 0


def test_one_beside_another() -> None:
    """All variables together are one in the context, and setting one leaves the others."""
    first, second = Variable("a"), Variable("b")

    def run() -> tuple[str, str]:
        first.set("c")
        second.set("d")
        first.set("e")
        return first.get(), second.get()

    context = copy_context()
    assert context.run(run) == ("e", "d")
    assert [variable.name for variable in context].count("recorded") == 1
    assert (first.get(), second.get()) == ("a", "b")
