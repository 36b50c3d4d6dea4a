# earns: Two clocks tick
# instead of:
            self.stop()
            if message == "/start":
                self.clock = asyncio.create_task(self.tick())
            return
# stands:
            if message == "/start":
                self.clock = asyncio.create_task(self.tick())
            else:
                self.stop()
            return
