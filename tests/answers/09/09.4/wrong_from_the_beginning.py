# earns: "after": null}` came instead
# instead of:
        newest[frame["room"]] = frame["id"]
# stands:
