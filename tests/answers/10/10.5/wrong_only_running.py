# earns: A task that waits should have been cancelled; `{"error": "TASK_INVALID"
# instead of:
        for before in ACTIVE:
# stands:
        for before in ["running"]:
