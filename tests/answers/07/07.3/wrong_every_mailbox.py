# earns: other mailboxes should hold 100 messages; they hold 10
# instead of:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "channel_capacity": {"reports": 10}},
# stands:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "capacity": 10},
