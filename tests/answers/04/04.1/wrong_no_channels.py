# earns: Unknown command: 'runworker'
# instead of:
    "channels",
# stands:
