"""Channels Lab: what the notebooks import.

Everything is imported when it is first used, so that `import channels_lab` in a kernel is quick.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from channels_lab.measure.fanout import fan_out
    from channels_lab.measure.load import load
    from channels_lab.measure.race import race
    from channels_lab.notebook.extension import load_ipython_extension, unload_ipython_extension
    from channels_lab.notebook.opening import open_chapter
    from channels_lab.picture.expectation.expectation import expect

__all__ = ["expect", "fan_out", "load", "load_ipython_extension", "open_chapter", "race", "unload_ipython_extension"]

_HOMES = {
    "expect": "channels_lab.picture.expectation.expectation",
    "fan_out": "channels_lab.measure.fanout",
    "load": "channels_lab.measure.load",
    "open_chapter": "channels_lab.notebook.opening",
    "race": "channels_lab.measure.race",
    "load_ipython_extension": "channels_lab.notebook.extension",
    "unload_ipython_extension": "channels_lab.notebook.extension",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'channels_lab' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
