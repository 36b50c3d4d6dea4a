# earns: `{"command": "join"}`; within
# instead of:
                for room, after in newest.items():
                    await socket.send(json.dumps({"command": "join", "room": room, "after": after}))
# stands:
                room, after = next(iter(newest.items()))
                await socket.send(json.dumps({"command": "join", "room": room, "after": after}))
