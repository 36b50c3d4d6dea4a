# earns: is told that Bob is typing
# instead of:
        event = {"type": "room.people", "room": room, "text": text, "but": self.channel_name}
# stands:
        event = {"type": "room.people", "room": room, "text": text, "but": ""}
