"""Checkpoints, prepared once for the session."""

from tests.grading.conftest import checkpoints  # noqa: F401 - a fixture
