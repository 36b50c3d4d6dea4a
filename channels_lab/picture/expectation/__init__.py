"""What was expected against what happened: the first difference, and its cause."""
