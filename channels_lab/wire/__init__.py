"""The wire: a client, what the server records, and the picture of both. Knows nothing of notebooks."""
