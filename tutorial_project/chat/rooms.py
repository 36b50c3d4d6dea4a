"""What a room is called inside the channel layer."""

from hashlib import sha256


def group_name(room):
    """Return the group of a room: valid and 69 characters long, whatever the room is called."""
    return "chat." + sha256(room.encode()).hexdigest()
