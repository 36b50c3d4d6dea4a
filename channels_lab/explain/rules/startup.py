"""Rules about starting: what stops a server before it serves."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []


@rule("daphne-not-first", page="https://channels.readthedocs.io/en/stable/installation.html")
def daphne_not_first(evidence: Evidence) -> Said | None:
    """Django's check daphne.E001: the app stands after staticfiles."""
    setting = evidence.source.setting("INSTALLED_APPS")
    if not setting or not evidence.search(r"\(daphne\.E001\)"):
        return None
    places = evidence.source.strings("daphne", evidence.source.settings_path)
    return Said(
        see="Django's check stops with `(daphne.E001) Daphne must be listed before django.contrib.staticfiles`.",
        why="Two apps bring a command `runserver`, and Django takes that of the first in `INSTALLED_APPS`. After "
        "`django.contrib.staticfiles`, Daphne's never gets its turn, and Django's own cannot speak WebSocket.",
        change='Make `"daphne"` the first entry of `INSTALLED_APPS`, and start again.',
        place=places[-1] if places else setting.place,
    )
