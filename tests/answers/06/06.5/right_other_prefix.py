# instead of:
def person_group(username):
    """Return the group of a person: no room is called so, as a room's name has no slash."""
    return group_name(f"person/{username}")
# stands:
def person_group(username):
    return group_name(username).replace("chat.", "person.")
# instead of:
    def chat_whisper(self, event):
# stands:
    def chat_quiet(self, event):
# instead of:
                event = {"type": "chat.whisper", "from": username, "message": message}
# stands:
                event = {"type": "chat_quiet", "from": username, "message": message}
