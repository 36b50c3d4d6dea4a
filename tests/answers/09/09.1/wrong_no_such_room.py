# earns: Room matching query does not exist
# instead of:
        room = await Room.objects.filter(pk=content["room"]).afirst()
        if room is None:
            raise Refused("ROOM_INVALID", "There is no such room.")
# stands:
        room = await Room.objects.aget(pk=content["room"])
