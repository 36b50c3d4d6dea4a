# earns: has got an answer already
# instead of:
        if event["room"] in self.rooms and event["but"] != self.channel_name:
# stands:
        if event["room"] in self.rooms:
