# earns: Enter `"cancel"` in `KEYS`
# instead of:
KEYS = {"tasks": (), "start": ("kind", "room"), "cancel": ("task",)}
# stands:
KEYS = {"tasks": (), "start": ("kind", "room")}
