"""The percentile of what was measured."""

from collections.abc import Sequence

__all__ = ["percentile"]


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of the values do not exceed, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]
