# earns: A task that is done should not have been cancelled
# instead of:
        for before in ACTIVE:
# stands:
        for before in (*ACTIVE, "done", "failed"):
