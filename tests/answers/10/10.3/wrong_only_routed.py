# earns: none goes to `exports`
# instead of:
        channel = EXPORTS if kind == "export" else CHANNEL
# stands:
        channel = CHANNEL
