# earns: Enter it in multichat/protocol.py
# instead of:
KEYS["readers"] = ("room",)
# stands:
