# earns: JSONDecodeError
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
        if "command" not in content:
            return await self.send_json({"error": "MISSING_KEY"})
        if content["command"] not in ("join", "leave", "send"):
            return await self.send_json({"error": "UNKNOWN_COMMAND"})
        if "room" not in content or (content["command"] == "send" and "message" not in content):
            return await self.send_json({"error": "MISSING_KEY"})
        room = await Room.objects.filter(pk=content["room"]).afirst()
        if room is None:
            return await self.send_json({"error": "ROOM_INVALID"})
