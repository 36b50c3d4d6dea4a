# instead of:
            self.stop()
            if message == "/start":
                self.clock = asyncio.create_task(self.tick())
            return
# stands:
            self.clock = object()
            if message == "/start":
                asyncio.ensure_future(self.tick(self.clock))
            return
# instead of:
    async def tick(self):
        number = 0
        while True:
            await asyncio.sleep(SECONDS)
            number += 1
            await self.send(json.dumps({"tick": number}))

    def stop(self):
        if self.clock:
            self.clock.cancel()
# stands:
    async def tick(self, mine):
        number = 1
        await asyncio.sleep(SECONDS)
        while self.clock is mine:
            await self.send(json.dumps({"tick": number}))
            number += 1
            await asyncio.sleep(SECONDS)

    def stop(self):
        self.clock = None
