# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
# stands:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(None, ask, message.removeprefix("/ask "))
