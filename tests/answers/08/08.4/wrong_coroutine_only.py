# earns: Awaited, it would hold up
# instead of:
                self.clock = asyncio.create_task(self.tick())
# stands:
                self.tick()
