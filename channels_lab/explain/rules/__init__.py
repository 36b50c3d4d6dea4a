"""The rules, a module per subject. Each module enters its rules into the book when it is imported."""

import importlib
import pkgutil

__all__ = ["load"]


def load(*, strict: bool = False) -> None:
    """Import every module of this package, in the order of their names; with `strict`, raise what one raises."""
    for name in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        try:
            importlib.import_module(f"{__name__}.{name}")
        except Exception:
            if strict:
                raise
