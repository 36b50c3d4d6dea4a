"""Deadlines: what grading.toml may say, and what it makes of the times at which students have handed in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from channels_lab.errors import LabError
from channels_lab.marking.deadlines import Rules
from channels_lab.marking.entries import State
from channels_lab.marking.grading_toml import find_rules, read_rules
from channels_lab.marking.handed_in import HandedIn
from channels_lab.marking.submissions import Submission

RULES = """
time_zone = "Europe/Berlin"
students = "class.csv"
counts = "latest in time"
[deadlines]
06 = 2026-11-20T23:59:00
7 = 2026-11-27
08 = 2026-11-27T12:00:00+05:00
[extensions."ada@example.org"]
06 = 2026-11-25T12:00:00
[late]
grace_minutes = 10
percent_per_day = 10
at_most_percent = 25
"""
BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 20, 23, 59, tzinfo=BERLIN)
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def read(folder: Path, text: str = RULES) -> Rules:
    """What a file with this text says."""
    (folder / "grading.toml").write_text(text)
    return read_rules(folder / "grading.toml", ["06", "07", "08"])


def one(at: datetime | None, student: str = "bob", note: str = "") -> Submission:
    """A submission of chapter 06 at that time."""
    return Submission(student, "06", Path("x.ipynb"), "", HandedIn(at, "timestamp.txt", note))


def test_what_it_says(tmp_path: Path) -> None:
    """A time without a zone is in the named one, a day is due at its end, and a student may have longer."""
    rules = read(tmp_path)
    assert rules.due("bob", "06") == DUE and rules.due("bob", "09") is None
    assert rules.due("bob", "07") == datetime(2026, 11, 27, 23, 59, 59, tzinfo=BERLIN)
    assert rules.due("bob", "08") == datetime(2026, 11, 27, 7, tzinfo=UTC)
    assert rules.due("ada@example.org", "06") == datetime(2026, 11, 25, 12, tzinfo=BERLIN)
    assert rules.students == tmp_path / "class.csv"


def test_in_time_or_late(tmp_path: Path) -> None:
    """Grace minutes are in time; each day that has begun costs a part, up to a bound; without a rule none does."""
    rules = read(tmp_path)
    seen = [
        rules.entry(one(DUE + late), 1, NOW) for late in map(lambda m: timedelta(minutes=m), (-1, 10, 11, 1441, 9999))
    ]
    assert [entry.state for entry in seen] == [State.IN_TIME, State.IN_TIME, State.LATE, State.LATE, State.LATE]
    assert [entry.percent_off for entry in seen] == [0, 0, 10, 20, 25]
    assert [entry.late for entry in seen[2:]] == ["11 min", "1 d 1 min", "6 d 22 h"]
    assert rules.entry(one(DUE + timedelta(days=3), "ada@example.org"), 1, NOW).state is State.IN_TIME
    marked_only = read(tmp_path, RULES.partition("[late]")[0]).entry(one(DUE + timedelta(days=1)), 1, NOW)
    assert marked_only.state is State.LATE and not marked_only.percent_off
    assert Rules().entry(one(DUE), 1, NOW).state is State.HANDED_IN


def test_the_night_on_which_clocks_are_put_back(tmp_path: Path) -> None:
    """Minutes of grace are minutes, on that night as well."""
    rules = read(tmp_path, RULES.replace("06 = 2026-11-20T23:59:00", "06 = 2026-10-25T02:55:00"))
    due = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)
    seen = [rules.entry(one(due + timedelta(minutes=minutes)), 1, NOW).state for minutes in (10, 11)]
    assert seen == [State.IN_TIME, State.LATE]


def test_a_wrong_clock(tmp_path: Path) -> None:
    """A time in the future, or none, is told and costs nothing; what is here before the deadline is in time anyhow."""
    rules = read(tmp_path)
    ahead = rules.entry(one(NOW + timedelta(days=400)), 1, NOW)
    assert ahead.state is State.UNCLEAR and not ahead.percent_off and "future" in ahead.notes[0]
    assert rules.entry(one(None, note="The zip does not say."), 1, NOW).state is State.UNCLEAR
    early = rules.entry(one(NOW), 1, DUE - timedelta(days=9))
    assert early.state is State.IN_TIME and "future" in early.notes[0]


def test_which_attempt_counts(tmp_path: Path) -> None:
    """The latest by default; the first, or the latest in time, where the teacher says so."""
    attempts = [one(DUE + timedelta(hours=hours)) for hours in (-2, -1, 1)]
    late = [one(DUE + timedelta(hours=hours)) for hours in (1, 2)]
    rules = read(tmp_path)
    assert rules.choose(attempts) is attempts[1] and rules.choose(late) is late[1]
    assert Rules().choose(attempts) is attempts[2]
    assert read(tmp_path, 'counts = "first"').choose(attempts) is attempts[0]


def test_who_has_handed_in_nothing(tmp_path: Path) -> None:
    """It is missing when the deadline, a student's own too, has passed, and before that it is not due."""
    rules = read(tmp_path)
    assert rules.absent("bob", "06", NOW).state is State.MISSING
    assert rules.absent("ada@example.org", "06", DUE + timedelta(days=1)).state is State.NOT_DUE
    assert Rules().absent("bob", "06", NOW).state is State.MISSING


@pytest.mark.parametrize(
    "text, said",
    [
        ("[deadlines]\n06 = 2026-11-20T23:59:00", "deadlines.06 does not say its time zone"),
        ('time_zone = "Berlin"', "'Berlin' is not known here"),
        ('time_zone = "../../etc/passwd"', "is not known here"),
        ("[deadline]\n06 = 2026-11-20", "'deadline' is not known"),
        ("[deadlines]\n99 = 2026-11-20T00:00:00Z", "there is no chapter '99'"),
        ('[deadlines]\n06 = "friday"', "'friday' is no time"),
        ("[deadlines]\n06 = 5", "deadlines.06 is no time"),
        ("[deadlines]\n06 = 9999-12-31T23:59:59-05:00", "deadlines.06 is no time"),
        ("deadlines = 5", "deadlines is no table"),
        ("[extensions]\nada = 2026-11-20T00:00:00Z", "extensions.ada is no table"),
        ('counts = "best"', "'best' is not known"),
        ("[late]\npercent_per_day = 200", "percent_per_day = 200 is no number from 0 to 100"),
        ("[late]\ngrace_minutes = true", "grace_minutes = True is no number"),
        ("students = 5", "students is no path"),
        ("[deadlines", "is not written in TOML"),
    ],
)
def test_what_it_may_not_say(text: str, said: str, tmp_path: Path) -> None:
    """What is not known, or no time, is named, with the file."""
    with pytest.raises(LabError, match=r"grading\.toml") as told:
        read(tmp_path, text)
    assert said in told.value.message


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    """It lies beside the submissions or at the course's root, and never among what students have handed in."""
    submitted, root = tmp_path / "here" / "submitted", tmp_path / "course"
    for folder in (submitted, root):
        folder.mkdir(parents=True)
        (folder / "grading.toml").write_text("")
    assert find_rules(submitted, root) == root / "grading.toml"
    (submitted.parent / "grading.toml").write_text("")
    assert find_rules(submitted, root) == submitted.parent / "grading.toml"
    with pytest.raises(LabError, match="cannot be read"):
        read_rules(tmp_path / "nowhere.toml", [])
