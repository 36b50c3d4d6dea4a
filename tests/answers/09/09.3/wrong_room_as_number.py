# earns: in `room` it is
# instead of:
        text = json.dumps({"msg_type": 7, "room": str(room), "username": self.user.username}, ensure_ascii=False)
# stands:
        text = json.dumps({"msg_type": 7, "room": room, "username": self.user.username}, ensure_ascii=False)
