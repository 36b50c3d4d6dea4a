"""The story of a run, as steps between lanes, and its sequence diagram."""
