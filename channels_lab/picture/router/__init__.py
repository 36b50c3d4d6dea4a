"""The routing of an application as a tree, and a connection's way through it."""
