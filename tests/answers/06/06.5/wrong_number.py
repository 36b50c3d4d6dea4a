# earns: can only concatenate str
# instead of:
            if isinstance(to, str):
# stands:
            if to:
# instead of:
def person_group(username):
    """Return the group of a person: no room is called so, as a room's name has no slash."""
    return group_name(f"person/{username}")
# stands:
def person_group(username):
    """Return the group of a person: no room is called so, as a room's name has no slash."""
    return group_name("person/" + username)
