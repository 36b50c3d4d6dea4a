# earns: The table in `protocol.py` is that of the whole chat
# instead of:
            if command["command"] not in ("join", "leave", "send"):
                raise Refused("UNKNOWN_COMMAND", "There are join, leave and send.")
# stands:
