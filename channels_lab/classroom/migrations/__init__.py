"""The database's one version so far."""
