# earns: Enter `"typing"` in `KEYS`
# instead of:
KEYS["typing"] = ("room",)
# stands:
