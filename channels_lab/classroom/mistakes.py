"""What a mistake is called in words: the sentence of the task's own, or of the rule, that recognises it."""

import inspect
from functools import lru_cache

__all__ = ["sentence_of"]


@lru_cache(maxsize=1000)
def sentence_of(task: str, mistake: str) -> str:
    """The first sentence of what recognises a mistake; its name where nothing of that name is known."""
    from channels_lab.errors import LabError
    from channels_lab.explain.book import rules
    from channels_lab.grading.task import find_task

    try:
        known = {rule.name: rule for rule in (*rules(), *find_task(task).mistakes)}
    except (LabError, ImportError):
        known = {}
    said = inspect.getdoc(known[mistake].check) if mistake in known else ""
    return (said or mistake.replace("-", " ").replace("_", " ")).partition("\n")[0]
