# instead of:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "channel_capacity": {"reports": 10}},
# stands:
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "capacity": 100, "channel_capacity": {"repor*": 10}},
# instead of:
            self.send(json.dumps({"error": "The box is full. Try again later."}))
        else:
            self.send(json.dumps({"reported": True}))
# stands:
            return self.send(json.dumps({"error": "No room."}))
        self.send(json.dumps({"reported": True}))
