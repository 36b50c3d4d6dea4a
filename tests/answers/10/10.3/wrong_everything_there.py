# earns: a count waits behind exports as before
# instead of:
        channel = EXPORTS if kind == "export" else CHANNEL
# stands:
        channel = EXPORTS
