"""Tokens for tasks about identity, made on the site's own page."""

import html
import re

from channels_lab.grading.tree import Person
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["forged", "new_token"]

_SHOWN = re.compile(r"<textarea[^>]*>\s*(\S+?)\s*</textarea>")


async def new_token(trial: Trial, person: Person) -> str:
    """A token of this person, good for an hour, made as people make them: at /tokens/."""
    page = await trial.post("/tokens/", user=person, data={"name": trial.word(), "hours": "1"})
    found = _SHOWN.search(page.text)
    if not found:
        raise Unmet("The page /tokens/ should have shown a new token, and it shows none.")
    return html.unescape(found[1])


def forged(trial: Trial, text: str) -> str:
    """The text with one letter changed, somewhere in its first half: what was signed is another now."""
    places = [place for place, letter in enumerate(text[: len(text) // 2]) if letter.isalnum()]
    place = trial.random.choice(places[len(places) // 2 :])
    return text[:place] + ("b" if text[place] not in "bB" else "k") + text[place + 1 :]
