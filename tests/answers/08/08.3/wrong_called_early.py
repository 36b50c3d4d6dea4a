# earns: call it here and now
# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
# stands:
            answer = await asyncio.to_thread(ask(message.removeprefix("/ask ")))
