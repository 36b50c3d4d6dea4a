"""The sandbox: what runs in it, an answer of a stranger, can reach nothing but itself."""
