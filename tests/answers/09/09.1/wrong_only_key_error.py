# earns: should have received `{"error": "UNKNOWN_COMMAND"}`; nothing came
# instead of:
    async def receive(self, text_data=None, bytes_data=None):
        try:
            command = read_command(text_data)
            if command["command"] not in ("join", "leave", "send"):
                raise Refused("UNKNOWN_COMMAND", "There are join, leave and send.")
            await self.receive_json(command)
        except Refused as refused:
            await self.send_json(refused.answer)

    async def receive_json(self, content):
        room = await Room.objects.filter(pk=content["room"]).afirst()
        if room is None:
            raise Refused("ROOM_INVALID", "There is no such room.")
# stands:
    async def receive_json(self, content):
        try:
            await self.obey(content)
        except KeyError:
            await self.send_json({"error": "MISSING_KEY"})

    async def obey(self, content):
        room = await Room.objects.aget(pk=content["room"])
