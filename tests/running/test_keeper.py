"""The keeper: preloading, starting, and what is left when it or its kernel goes."""

from channels_lab.running.warmstart import WarmStart


def test_it_is_warm(keeper: WarmStart) -> None:
    """The keeper preloads everything and says so."""
    assert keeper.alive
