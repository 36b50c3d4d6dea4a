"""Pictures of a record: sequence diagram, timeline, router tree, bytes, Redis commands. Knows nothing of notebooks."""
