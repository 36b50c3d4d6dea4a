"""Processes: warm start, guard, Daphne, runserver, worker and Valkey/Redis. Knows nothing of notebooks."""
