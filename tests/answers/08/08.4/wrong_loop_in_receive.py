# earns: has not returned
# instead of:
            self.stop()
            if message == "/start":
                self.clock = asyncio.create_task(self.tick())
            return
# stands:
            if message == "/start":
                await self.tick()
            return
