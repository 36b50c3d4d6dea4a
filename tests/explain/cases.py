"""The proof of the rules: projects that make one mistake each on real servers, and their correct neighbours."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests import chat_project

from .run import Run

__all__ = ["Act", "Case", "all_cases", "base"]

Act = Callable[[Run], Awaitable[None]]
Edit = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """A project, how it is started, and what is done to it; exactly `rule` must speak, or for None no rule at all.

    `files` are laid over the base ("chat" or "site", see `base`); None removes one. `edits` replace a text, which must
    be there, in a file: {path: (old, new)}, or a list of such pairs. `start` is "daphne", "runserver", "worker
    CHANNEL…", another command of manage.py ("test", "check"), or "" where `act` starts what it needs. `redis` puts a
    server's URL in REDIS_URL; `database` gives a migrated one. `raises` is what the start or `act` must raise (then
    the cell's error); `neighbour_of` names the rule that a neighbour is close to.
    """

    name: str
    rule: str | None = None
    neighbour_of: str = ""
    files: dict[str, str | None] = field(default_factory=dict)
    edits: dict[str, Edit | list[Edit]] = field(default_factory=dict)
    base: str = "chat"
    start: str = "daphne"
    act: Act | None = None
    raises: type[BaseException] | None = None
    redis: bool = False
    database: bool = False
    env: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    cell: str = ""

    def __post_init__(self) -> None:
        assert bool(self.rule) != bool(self.neighbour_of), f"{self.name}: a rule, or whose neighbour it is"

    @property
    def about(self) -> str:
        """The rule that it is a case of, or a neighbour of."""
        return self.rule or self.neighbour_of

    def write(self, folder: Path) -> Path:
        """Write the project into a folder, and return that."""
        texts: dict[str, str | None] = {**base(self.base), **self.files}
        for path, edits in self.edits.items():
            for old, new in edits if isinstance(edits, list) else [edits]:
                before = texts[path]
                assert before is not None and old in before, f"{self.name}: {path} has no {old!r}"
                texts[path] = before.replace(old, new)
        for path, text in texts.items():
            if text is not None:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
        return folder


@cache
def base(name: str) -> dict[str, str]:
    """The files of a healthy project: "chat" (tests/chat_project.py), or the richer "site" (tests/explain/site.py)."""
    if name == "chat":
        return chat_project.replay().texts()
    from . import site

    return site.texts()


@cache
def all_cases() -> tuple[Case, ...]:
    """The cases of every module `cases_….py` beside this one."""
    import tests.explain as here

    names = sorted(found.name for found in pkgutil.iter_modules(here.__path__) if found.name.startswith("cases_"))
    modules = [importlib.import_module(f"tests.explain.{name}") for name in names]
    return tuple(case for module in modules for case in module.CASES)
