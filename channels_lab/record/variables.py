"""Variables of the recorder's, each with its value for what runs now, as context variables have: many in one of these.

asgiref looks at each variable of the context twice, whenever an async consumer gets an event: more would slow these.
https://github.com/django/asgiref/blob/main/asgiref/sync.py, `_restore_context`
"""

from contextvars import ContextVar
from typing import Any

__all__ = ["Variable", "values"]

# By the variable; never changed, only replaced.
_values: ContextVar[dict[Any, Any]] = ContextVar("recorded", default={})  # noqa: B039

# The values of all that are set in this context, as they are now: to be kept, and asked later by `Variable.within`.
values = _values.get


class Variable[T]:
    """A ContextVar that has a default: what sets it sets it for its task, and for the tasks that begin in it."""

    def __init__(self, default: T) -> None:
        self._default = default

    def get(self) -> T:
        """The value that was set in this context, or the default."""
        return self.within(_values.get())

    def within(self, kept: dict[Any, Any]) -> T:
        """The value that it had when these `values` were taken."""
        value: T = kept.get(self, self._default)
        return value

    def set(self, value: T) -> None:
        """Set the value in this context."""
        _values.set({**_values.get(), self: value})
