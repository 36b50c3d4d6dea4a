# instead of:
            self.stop()
            if message == "/start":
                self.clock = asyncio.create_task(self.tick())
            return
# stands:
            self.stop()
            if message == "/start":
                self.clock = asyncio.get_running_loop().call_later(SECONDS, self.tick, 1)
            return
# instead of:
    async def tick(self):
        number = 0
        while True:
            await asyncio.sleep(SECONDS)
            number += 1
            await self.send(json.dumps({"tick": number}))
# stands:
    def tick(self, number):
        self.sending = asyncio.create_task(self.send(json.dumps({"tick": number})))
        self.clock = asyncio.get_running_loop().call_later(SECONDS, self.tick, number + 1)
