# earns: A task that runs should have been cancelled
# instead of:
        for before in ACTIVE:
# stands:
        for before in ["waiting"]:
