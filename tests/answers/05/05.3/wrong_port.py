# earns: another port each time
# instead of:
OURS = ["127.0.0.1", "localhost"]
# stands:
OURS = ["http://127.0.0.1:8000"]
