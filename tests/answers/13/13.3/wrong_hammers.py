# earns: It has tried
# instead of:
        await asyncio.sleep(0.05)
# stands:
