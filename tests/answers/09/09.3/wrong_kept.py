# earns: one should be kept; 2 were
# instead of:
        event = {"type": "room.people", "room": room, "text": text, "but": self.channel_name}
# stands:
        await history.keep(self.user.pk, room, "…", None)
        event = {"type": "room.people", "room": room, "text": text, "but": self.channel_name}
