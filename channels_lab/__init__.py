"""Channels Lab: what the notebooks import.

Everything is imported when it is first used, so that `import channels_lab` in a kernel is quick.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from channels_lab.measure.fanout import fan_out
    from channels_lab.measure.load import load
    from channels_lab.measure.race import race
    from channels_lab.notebook.attendance import lower_hand, raise_hand
    from channels_lab.notebook.checking import check
    from channels_lab.notebook.extension import load_ipython_extension, unload_ipython_extension
    from channels_lab.notebook.helping import hint, solution
    from channels_lab.notebook.opening import open_chapter
    from channels_lab.notebook.standings import progress
    from channels_lab.picture.expectation.expectation import expect

__all__ = [
    "check",
    "expect",
    "fan_out",
    "hint",
    "load",
    "load_ipython_extension",
    "lower_hand",
    "open_chapter",
    "progress",
    "race",
    "raise_hand",
    "solution",
    "unload_ipython_extension",
]

_HOMES = {
    "check": "channels_lab.notebook.checking",
    "expect": "channels_lab.picture.expectation.expectation",
    "fan_out": "channels_lab.measure.fanout",
    "hint": "channels_lab.notebook.helping",
    "load": "channels_lab.measure.load",
    "lower_hand": "channels_lab.notebook.attendance",
    "open_chapter": "channels_lab.notebook.opening",
    "progress": "channels_lab.notebook.standings",
    "race": "channels_lab.measure.race",
    "raise_hand": "channels_lab.notebook.attendance",
    "solution": "channels_lab.notebook.helping",
    "load_ipython_extension": "channels_lab.notebook.extension",
    "unload_ipython_extension": "channels_lab.notebook.extension",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'channels_lab' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(_HOMES[name])
    if name == "check":
        module.warm_up()  # in the background, so that the first check is quick
    return getattr(module, name)
