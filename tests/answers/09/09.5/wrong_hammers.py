# earns: times in 0.3 seconds
# instead of:
        await asyncio.sleep(0.2)
# stands:
