"""A timeline as text: a bar of characters for each lane, a scale above them, and the longest waits in words."""

from collections.abc import Iterator
from statistics import median

from rich.cells import cell_len, set_cell_size

from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.folding import fold
from channels_lab.picture.timeline.lane import Delay, Lane, MarkKind, Timetable, duration
from channels_lab.picture.timeline.timescale import Timescale

__all__ = ["SIGNS", "headline", "lane_name", "remarks", "summary", "text", "waits"]

# Each kind of span and mark: its sign in text, and what it is called in a legend.
SIGNS = {
    "connected": ("═", "connected, or running"),
    "nothing": ("┄", "waited, and nothing came"),
    "waiting": ("▒", "waits for its turn"),
    "served": ("█", "is served, or at work"),
    "blocked": ("╳", "event loop blocked: nobody else has a turn"),
    "message": ("·", "message"),
    "failed": ("✗", "went wrong"),
    "cut": ("≀", "a pause is left out"),
}
_COLUMNS = 60
_MOST_NAME = 24
_MOST_LISTED = 5
_MOST_WORDS = 12
# What takes less is not worth a line, unless nothing took more (seconds).
_LONG = 0.05


def text(table: Timetable, title: str) -> str:
    """The whole timeline as text."""
    title = one_line(title)
    if not table.lanes:
        return f"{title}: {headline(table)}"
    scale = Timescale.of(table)
    lanes = fold(table, scale)
    width = max(cell_len(lane_name(lane)) for lane in lanes)
    bars = [(lane, _bar(lane, scale)) for lane in lanes]
    lines = [title, headline(table), *(f"{'':{width}}  {line}" for line in _ruler(scale))]
    lines += [
        f"{set_cell_size(lane_name(lane), width)}  {bar}{f'  ({lane.remark})' if lane.remark else ''}"
        for lane, bar in bars
    ]
    used = {sign for _, bar in bars for sign in bar}
    lines.append("   ".join(f"{sign} {words}" for sign, words in SIGNS.values() if sign in used))
    for heading, listed in (
        ("Longest:", waits(table)),
        ("Went wrong:", _words(table, lanes, "failed")),
        ("Also:", _words(table, lanes, "note")),
    ):
        lines += [heading, *(f"  {line}" for line in listed)] if listed else []
    return "\n".join([*lines, *remarks(table, scale)])


def summary(table: Timetable) -> str:
    """What a timeline shows and of whom, in a few sentences."""
    names = [lane_name(lane) for lane in table.lanes]
    who = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"{who}. {headline(table)}" if who else headline(table)


def headline(table: Timetable) -> str:
    """What a timeline shows, in figures."""
    if not table.lanes:
        return "Nothing has happened yet."
    said = [f"{duration(table.end - table.start)} in all."]
    answers = [delay.seconds for delay in table.delays if delay.answered and not delay.opening]
    if len(answers) == 1:
        said.append(f"One answer, after {duration(answers[0])}.")
    elif answers:
        middle, slowest = duration(median(answers)), duration(max(answers))
        said.append(f"{len(answers)} answers, half of them within {middle}, the slowest after {slowest}.")
    blocked = [span for lane in table.lanes for span in lane.spans if span.kind == "blocked"]
    if blocked:
        said.append(f"The event loop was blocked for {duration(sum(span.end - span.start for span in blocked))}.")
    return " ".join(said)


def waits(table: Timetable) -> list[str]:
    """The longest that messages took, each in a sentence."""
    slowest = sorted(table.delays, key=lambda delay: -max(delay.waited, delay.seconds))
    said = [_told(delay) for delay in slowest if delay.seconds >= _LONG]
    more = len(said) - _MOST_LISTED
    return said if more <= 1 else [*said[:_MOST_LISTED], f"… {more} more took longer than {duration(_LONG)}"]


def _words(table: Timetable, lanes: list[Lane], kind: MarkKind) -> list[str]:
    """What stands beside the marks of a kind, each in a line."""
    marks = sorted((mark.t, lane_name(lane), mark.text) for lane in lanes for mark in lane.marks if mark.kind == kind)
    said = [f"{duration(t - table.zero)}, {name}: {one_line(words)}" for t, name, words in marks if words]
    more = len(said) - _MOST_WORDS
    return said if more <= 1 else [*said[:_MOST_WORDS], f"… {more} more"]


def remarks(table: Timetable, scale: Timescale) -> list[str]:
    """What has to be known to read it."""
    said = []
    if scale.cuts:
        lengths = ", ".join(duration(cut.end - cut.start) for cut in scale.cuts[:_MOST_LISTED])
        more = ", …" if len(scale.cuts) > _MOST_LISTED else ""
        said.append(f"Left out, as nothing happened: {lengths}{more}.")
    if any(span.kind == "blocked" for lane in table.lanes for span in lane.spans):
        said.append("≈ Inferred, not observed: whose turn it was while the event loop was blocked.")
    return said if table.complete else [*said, "The record was full: what came later is missing."]


def _told(delay: Delay) -> str:
    what = one_line(delay.text, 50)
    if not delay.client:
        said = f"{what}: {duration(delay.seconds)} until the answer began"
    else:
        till = "until the answer" if delay.answered else "until it was dealt with"
        said = f"{one_line(delay.client, _MOST_NAME)}: {duration(delay.seconds)} {till} to {what}"
    if delay.waited >= _LONG:
        said += f", {duration(delay.waited)} of it waiting"
    return f"{said}: {delay.why}" if delay.why else said


def lane_name(lane: Lane) -> str:
    """A lane's name, no longer than there is room for; a letter of Korean takes as much as two others."""
    name = one_line(lane.name, _MOST_NAME) or "?"
    return name if cell_len(name) <= _MOST_NAME else set_cell_size(name, _MOST_NAME - 1).rstrip() + "…"


def _bar(lane: Lane, scale: Timescale) -> str:
    columns = [" "] * _COLUMNS
    order = list(SIGNS)
    if lane.crowd:
        # Some are served while others wait; who waits is what a crowd is there for.
        order[order.index("waiting")], order[order.index("served")] = "served", "waiting"
    for span in sorted(lane.spans, key=lambda span: order.index(span.kind)):
        first, last = _column(scale, span.start), _column(scale, span.end)
        # What is too short for a column is shown where it is the only thing, or work.
        length = scale.place(span.end) - scale.place(span.start)
        if span.kind in ("connected", "served") or length * _COLUMNS >= 0.5:
            columns[first : last + 1] = SIGNS[span.kind][0] * (last + 1 - first)
    for cut in scale.cuts:
        columns[min(int((cut.left + cut.right) / 2 * _COLUMNS), _COLUMNS - 1)] = SIGNS["cut"][0]
    for mark in lane.marks:
        at = _column(scale, mark.t)
        if mark.kind == "failed":
            columns[at] = SIGNS["failed"][0]
        elif columns[at] in " ═" or lane.kind not in ("clients", "consumers", "http"):
            columns[at] = SIGNS["message"][0]
    return "".join(columns).rstrip()


def _column(scale: Timescale, t: float) -> int:
    return min(int(scale.place(t) * _COLUMNS), _COLUMNS - 1)


def _ruler(scale: Timescale) -> Iterator[str]:
    labels, line = [" "] * (_COLUMNS + 12), ["─"] * _COLUMNS
    for place, label in scale.ticks(6):
        at = min(int(place * _COLUMNS), _COLUMNS - 1)
        line[at] = "┬"
        labels[at : at + len(label)] = label
    yield "".join(labels).rstrip()
    yield "".join(line)
