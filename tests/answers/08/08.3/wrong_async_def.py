# earns: makes no call in `ask` awaitable
# instead of:
def ask(question):
# stands:
async def ask(question):
# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
# stands:
            answer = await ask(message.removeprefix("/ask "))
