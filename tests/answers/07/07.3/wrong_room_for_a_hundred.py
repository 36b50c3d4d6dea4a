# earns: unless the layer's settings name another size
# instead of:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "channel_capacity": {"reports": 10}},
# stands:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
