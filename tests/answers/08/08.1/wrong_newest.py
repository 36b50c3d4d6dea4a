# earns: `await newest(self.room)`
# instead of:
        for event in await newest(self.room):
# stands:
        for event in newest(self.room):
