# earns: Group name must be
# instead of:
def person_group(username):
    """Return the group of a person: no room is called so, as a room's name has no slash."""
    return group_name(f"person/{username}")
# stands:
def person_group(username):
    return f"person/{username}"
