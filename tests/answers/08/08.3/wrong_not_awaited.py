# earns: coroutine
# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
# stands:
            answer = asyncio.to_thread(ask, message.removeprefix("/ask "))
