# earns: Enter `"remove"` in `KEYS`
# instead of:
KEYS["remove"] = ("room", "id")
# stands:
