"""One lobby."""

import re
from unicodedata import normalize
from urllib.parse import quote

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import Unmet

__all__ = ["task"]

_PATH = "chat/rooms.py"

task = Task(
    difficulty="medium",
    minutes=15,
    files=(_PATH,),
    hints=(
        "A group's name may have few signs and 99 of them. What did chapter 06 make of a room's name, and why?",
        "First bring the name into one form, then hash that. Nothing may be thrown away that tells two rooms apart.",
        'name = normalize("NFC", normalize("NFC", room.strip()).casefold()); then "chat." and the sha256 of its bytes',
    ),
)


@task.behaviour
async def one_room(trial: Trial) -> None:
    """Large letters, small ones, and blanks around them are one room."""
    word = trial.word()
    await _meet(trial, word, word.upper())
    await _meet(trial, f" {word.capitalize()} ", word, people=("carol", "dan"))


@task.behaviour
async def german(trial: Trial) -> None:
    """Large letters that are more than the small ones are the same room."""
    word = trial.word()
    await _meet(trial, f"{word}straße", f"{word.upper()}STRASSE")


@task.behaviour
async def two_forms(trial: Trial) -> None:
    """Syllables in one piece or in letters are one room."""
    name = f"{trial.random.choice(['로비', 'café', 'żółw'])}{trial.word()}"
    await _meet(trial, normalize("NFC", name), normalize("NFD", name))


@task.behaviour
async def apart(trial: Trial) -> None:
    """Other names are other rooms, of any letters."""
    word = trial.word()
    pairs = [(f"{word} b", f"{word}b"), (f"{word}로비", f"{word}로봇"), (word, f"{word}++")]
    trial.random.shuffle(pairs)
    people = (("alice", "bob"), ("carol", "dan"), ("eve", "kim"))
    for rooms, names in zip(pairs, people, strict=True):
        await _do_not_meet(trial, rooms, names)


@task.behaviour
async def apart_at_the_end(trial: Trial) -> None:
    """Long names are other rooms, however late they differ."""
    long = (trial.word() * 40)[:119]
    await _do_not_meet(trial, (f"{long}a", f"{long}b"))


def _path(room: str) -> str:
    return f"/ws/chat/{quote(room, safe='')}/"


async def _meet(trial: Trial, one: str, other: str, people: tuple[str, str] = ("alice", "bob")) -> None:
    message = trial.word()
    async with (
        trial.connect(_path(one), name=people[0]) as hears,
        trial.connect(_path(other), name=people[1]) as says,
    ):
        await says.send_json({"message": message})
        await says.expect_json({"username": "guest", "message": message})
        try:
            await hears.expect_json({"username": "guest", "message": message})
        except Unmet as unmet:
            if "nothing came" not in unmet.message:
                raise
            raise Unmet(f"{one!r} and {other!r} should have been one room; they are two.") from None


async def _do_not_meet(trial: Trial, rooms: tuple[str, str], people: tuple[str, str] = ("alice", "bob")) -> None:
    message, (one, other) = trial.word(), rooms
    async with (
        trial.connect(_path(one), name=people[0]) as hears,
        trial.connect(_path(other), name=people[1]) as says,
    ):
        await says.send_json({"message": message})
        await says.expect_json({"username": "guest", "message": message})
        try:
            await hears.expect_nothing(0.03)
        except Unmet:
            raise Unmet(f"{_shown(one)} and {_shown(other)} are two rooms; they have one group.") from None


def _shown(name: str) -> str:
    return repr(name) if len(name) < 40 else f"'{name[:8]}…{name[-1]}' of {len(name)} letters"


def _names(evidence: Evidence) -> str:
    """The two names that should have been one room, as they were told."""
    names, found, _ = str(evidence.error).partition("should have been one room")
    return names if found else ""


@task.mistake(page="https://docs.python.org/3/library/stdtypes.html#str.casefold")
def only_lower(evidence: Evidence) -> Said | None:
    """Letters are made small one by one."""
    if "ß" not in _names(evidence):
        return None
    return Said(
        see="`ß` and `SS` do not meet.",
        why="`lower()` makes letters small, and `ß` is a small letter already.",
        change="Use `casefold()`: it is made for comparing.",
        place=next((call.place for call in evidence.source.calls("lower", _PATH)), None),
    )


@task.mistake(page="https://docs.python.org/3/library/unicodedata.html#unicodedata.normalize")
def other_form(evidence: Evidence) -> Said | None:
    """Names that look alike are not of the same characters."""
    names = _names(evidence)
    if not names or normalize("NFC", names) == names:
        return None
    return Said(
        see="The two names look alike, and are different texts.",
        why="Unicode writes `é` as one character, or as `e` with an accent; syllables of Korean as one, or as letters. "
        "These are the same letters in another form.",
        change='Bring the name into one form: `normalize("NFC", room)`.',
    )


@task.mistake
def blanks(evidence: Evidence) -> Said | None:
    """Blanks around a name count."""
    if not re.search(r"' \w|\w '", _names(evidence)):
        return None
    return Said(
        see="A name and the same name with blanks around it are two rooms.",
        why="Blanks at the ends are typed by accident, and nobody sees them.",
        change="Take them off: `room.strip()`.",
    )


@task.mistake
def thrown_away(evidence: Evidence) -> Said | None:
    """A slug leaves little of some names."""
    calls = evidence.source.calls("slugify", _PATH) + evidence.source.calls("sub", _PATH)
    if not calls or "they have one group" not in str(evidence.error):
        return None
    return Said(
        see="Two rooms have one group.",
        why="What makes a name fit here throws letters away: of Korean nothing is left, nor of `+`.",
        change="Hash the name instead: it keeps apart what is different, and always fits.",
        place=calls[0].place,
    )


@task.mistake
def cut_off(evidence: Evidence) -> Said | None:
    """Long names are cut."""
    if "letters are two rooms" not in str(evidence.error):
        return None
    return Said(
        see="Two long names have one group.",
        why="They differ in the part that is cut off.",
        change="Hash the name instead: a hash has always the same length.",
    )
