"""Things done together: what comes while a batch is being done waits, and goes with the next."""

import asyncio
from contextvars import Context
from weakref import WeakKeyDictionary

MOST = 50  # in one batch


class Together:
    """`work` is a coroutine function: it takes a key and a list of things, and returns what became of each."""

    def __init__(self, work):
        self.work = work
        self.waiting = WeakKeyDictionary()  # event loop → {key: [(thing, the future of who waits for it)]}
        self.tasks = set()

    async def do(self, key, thing):
        """Have a thing done; returns what became of it, or raises it if that is an exception."""
        loop = asyncio.get_running_loop()
        known = loop.create_future()
        waiting = self.waiting.setdefault(loop, {})
        if key in waiting:
            waiting[key].append((thing, known))
        else:
            waiting[key] = [(thing, known)]
            # In nobody's context in particular: it works for many.
            task = loop.create_task(self.work_on(key, waiting), context=Context())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return await known

    async def work_on(self, key, waiting):
        while waiting[key]:
            await asyncio.sleep(0)  # one turn of the loop: what has arrived by now goes along
            batch, waiting[key] = waiting[key][:MOST], waiting[key][MOST:]
            try:
                found = await self.work(key, [thing for thing, _ in batch])
            except Exception as error:
                found = [error] * len(batch)
            for (_, known), result in zip(batch, found, strict=True):
                if known.done():  # who waited has gone
                    continue
                if isinstance(result, Exception):
                    known.set_exception(result)
                else:
                    known.set_result(result)
        del waiting[key]
