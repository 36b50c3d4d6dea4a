# earns: goes forward only
# instead of:
        now = await receipts.read_by(self.user.pk, room)
        if now > before:
            who = {"username": self.user.username, "read": now, "but": self.channel_name}
# stands:
        if before is not None:
            who = {"username": self.user.username, "read": command["id"], "but": self.channel_name}
