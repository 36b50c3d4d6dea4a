"""The timeline of a run: who waits while whom is served."""
