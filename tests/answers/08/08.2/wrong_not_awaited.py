# earns: That is no result yet
# instead of:
            found = await find(self.room, message.removeprefix("/find "))
# stands:
            found = find(self.room, message.removeprefix("/find "))
