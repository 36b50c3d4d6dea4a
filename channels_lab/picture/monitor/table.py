"""The rows of a monitor's table: a command each, with what only repeats, and what only opens connections, folded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels_lab.picture.monitor.watched import Watched

__all__ = ["Row", "rows", "text_lines"]

_MOST_ROWS = 100
_LAST_ROWS = 30
_LONGEST_ROUND = 12  # commands that repeat in the same order
_FEWEST_ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """A row: `ms` since the monitor was opened, `who` sent it, what, and what it means.

    `mark` is "layer" for a command of the channel layer, "lost" for one that dropped a message, else ""; `inside`
    tells that a script ran it; `call` that it is what a call of the layer is known by; `folded` counts the commands
    that this row stands for, 0 for one that is shown.
    """

    ms: float
    who: str
    mark: str
    text: str
    meaning: str
    inside: bool = False
    call: bool = False
    folded: int = 0


def rows(commands: Sequence[Watched], started: float) -> list[Row]:
    """The table of these commands, at most 100 rows; `started` is the zero of its time (seconds, server's clock)."""
    clients = dict.fromkeys(command.client for command in commands if command.client)
    by_unix = sum(client.startswith("unix:") for client in clients)
    # MONITOR names a Unix socket by the server's path: all its connections look alike.
    names = {client: f"connection {number}" for number, client in enumerate(clients, start=1)}
    names |= {client: "Unix socket" if by_unix < len(clients) else "" for client in clients if client[:5] == "unix:"}
    made = list(_rows(commands, started, names))
    if len(made) <= _MOST_ROWS:
        return made
    first = _MOST_ROWS - _LAST_ROWS - 1
    middle = made[first:-_LAST_ROWS]
    left_out = sum(row.folded or 1 for row in middle)
    fold = Row(middle[0].ms, "", "", f"… {left_out:,} more commands", "", folded=left_out)
    return [*made[:first], fold, *made[-_LAST_ROWS:]]


def text_lines(table: list[Row]) -> list[str]:
    """The rows as lines of text, columns aligned."""
    who = max((len(row.who) for row in table), default=0)
    wide = max((len(_shown(row)) for row in table if row.meaning), default=0)
    lines = []
    for row in table:
        mark = {"layer": "■ layer", "lost": "✗ layer"}.get(row.mark, "")
        columns = [f"{row.ms:10,.1f} ms", f"{row.who:<{who}}", f"{mark:<7}", f"{_shown(row):<{wide}}", row.meaning]
        lines.append("  ".join(column for column in columns if column).rstrip())
    return lines


def _shown(row: Row) -> str:
    return ("└ " if row.inside else "") + row.text


def _rows(commands: Sequence[Watched], started: float, names: dict[str, str]) -> Iterator[Row]:
    at = 0
    while at < len(commands):
        first = commands[at]
        ms = (first.t - started) * 1000
        if chatter := _chatter(commands, at):
            yield Row(ms, names[first.client], "", *_of_chatter(chatter), folded=len(chatter) if chatter[1:] else 0)
            at += len(chatter)
            continue
        length, rounds = _round(commands, at)
        for command in commands[at : at + length]:
            yield _of_one(command, started, names)
        if rounds > 1:
            yield _of_rounds(commands[at + length : at + length * rounds], rounds - 1, started)
        at += length * rounds


def _of_one(command: Watched, started: float, names: dict[str, str]) -> Row:
    mark = "lost" if command.lost else "layer" if command.layer else ""
    ms = (command.t - started) * 1000
    who = names.get(command.client, "")
    call = bool(command.call) or (command.layer and command.meaning.startswith("group_send"))
    return Row(ms, who, mark, command.text, command.meaning, command.inside, call)


def _of_rounds(again: Sequence[Watched], rounds: int, started: float) -> Row:
    length = len(again) // rounds
    same = "the same command" if length == 1 else f"the same {length} commands"
    until = (again[-1].t - started) * 1000
    mark = "layer" if all(command.layer for command in again) else ""
    text = f"… {same} {rounds} more times, until {until:,.1f} ms"
    return Row((again[0].t - started) * 1000, "", mark, text, "", folded=len(again))


def _chatter(commands: Sequence[Watched], at: int) -> list[Watched]:
    end = at
    while end < len(commands) and commands[end].chatter:
        end += 1
    return list(commands[at:end])


def _of_chatter(chatter: list[Watched]) -> tuple[str, str]:
    """What some commands did, and why."""
    names = Counter(" ".join(command.text.split()[: 1 + (command.name == "CLIENT")]) for command in chatter)
    text = ", ".join(name if times == 1 else f"{name} ×{times}" for name, times in names.items())
    return text, "a connection is tried" if set(names) == {"PING"} else "a connection opens"


def _round(commands: Sequence[Watched], at: int) -> tuple[int, int]:
    """How many commands from here on repeat, and how often in all; (1, 1) when none do."""
    for length in range(1, _LONGEST_ROUND + 1):
        rounds = 1
        while _alike(commands, at, at + rounds * length, length):
            rounds += 1
        if rounds >= _FEWEST_ROUNDS:
            return length, rounds
    return 1, 1


def _alike(commands: Sequence[Watched], one: int, other: int, length: int) -> bool:
    if other + length > len(commands):
        return False
    pairs = zip(commands[one : one + length], commands[other : other + length], strict=True)
    return all(a.like == b.like and a.layer == b.layer and a.lost == b.lost and not b.chatter for a, b in pairs)
