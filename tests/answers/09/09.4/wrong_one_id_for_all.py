# earns: that message was another room's
# instead of:
        newest[frame["room"]] = frame["id"]
# stands:
        newest.update(dict.fromkeys(newest, frame["id"]))
