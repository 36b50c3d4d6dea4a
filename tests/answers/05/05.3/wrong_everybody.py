# earns: `"*"` lets every page in
# instead of:
OURS = ["127.0.0.1", "localhost"]
# stands:
OURS = ["*"]
