# earns: should have waited a little before it tried again
# instead of:
        await asyncio.sleep(0.05)
# stands:
