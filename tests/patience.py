"""How long something may take that is promised within so many seconds."""

import os

__all__ = ["within"]

# Four workers on two cores, and each starts processes of its own: now and then one waits long for its turn.
_BESIDE_OTHERS = 5


def within(seconds: float) -> float:
    """So many seconds where a test has the machine to itself (`-n0`); more where it runs beside others."""
    return seconds * (_BESIDE_OTHERS if "PYTEST_XDIST_WORKER" in os.environ else 1)
