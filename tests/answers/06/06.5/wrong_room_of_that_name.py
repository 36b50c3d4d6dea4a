# earns: a room that is called like a person
# instead of:
def person_group(username):
    """Return the group of a person: no room is called so, as a room's name has no slash."""
    return group_name(f"person/{username}")
# stands:
def person_group(username):
    return group_name(username)
