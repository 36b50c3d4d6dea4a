"""The wire: a client with a name and deadlines, and taps on its socket. Knows nothing of notebooks."""
