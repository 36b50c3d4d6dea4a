# earns: in `after` it is `0`, not
# instead of:
                await socket.send(json.dumps({"command": "join", "room": 1, "after": last}))
# stands:
                await socket.send(json.dumps({"command": "join", "room": 1, "after": 0}))
