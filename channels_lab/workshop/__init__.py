"""For whoever leads a session: a folder for a room without a network, and whether the room is ready."""
