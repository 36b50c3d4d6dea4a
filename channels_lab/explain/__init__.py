"""The explanations: what went wrong, why, what to change. It knows records, logs and source; no notebook."""
