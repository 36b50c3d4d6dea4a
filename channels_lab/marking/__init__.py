"""Grading a class: submissions, a run over them, and their marks."""
