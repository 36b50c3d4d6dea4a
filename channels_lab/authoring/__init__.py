"""For whoever writes exercises: what stands in place of an answer, their generation, and a new task's skeleton."""
