"""What of a conversation is shown: all of a short one, the two ends of a long one, and a word about the rest."""

from collections.abc import Sequence
from typing import NamedTuple

from channels_lab.picture.octets.conversation import Said
from channels_lab.picture.octets.field import Field, Message

__all__ = ["HexRow", "Shown", "folded", "hex_line", "hex_rows"]

# About so many lines of text.
_MOST_ROWS = 360
_ROWS_AT_THE_END = 120
_MOST_FIELDS = 40
_BYTES_IN_A_ROW = 8
_MOST_HEX_ROWS = 8


class Shown(NamedTuple):
    """A message to show: `when` ("12.3 ms", or "" without a clock), its `fields`, and what is `left` out of them."""

    when: str
    message: Message
    fields: Sequence[Field]
    left: str


class HexRow(NamedTuple):
    """Some bytes of a field at their `offset`; `plain` without their mask, where they have one."""

    offset: int
    data: bytes
    plain: bytes | None


def folded(said: Sequence[Said]) -> list[Shown | str]:
    """The messages to show in their order; a sentence stands for those that are left out."""
    timed = len({one.t for one in said}) > 1
    rows = [_rows(one.message) for one in said]
    head, tail = len(said), 0
    if sum(rows) > _MOST_ROWS:
        head = _fitting(rows, _MOST_ROWS - _ROWS_AT_THE_END)
        tail = min(_fitting(rows[::-1], _ROWS_AT_THE_END), len(rows) - head)
    end = len(said) - tail
    parts: list[Shown | str] = [_shown(one, said[0].t, timed) for one in said[:head]]
    if hidden := said[head:end]:
        parts.append(f"… {len(hidden):,} more messages, {sum(one.message.size for one in hidden):,} bytes")
    return parts + [_shown(one, said[0].t, timed) for one in said[end:]]


def hex_line(data: bytes) -> str:
    """The bytes of a line in hexadecimal: of a long one the first five and the last two, which end it."""
    if len(data) <= _BYTES_IN_A_ROW:
        return data.hex(" ")
    return f"{data[:5].hex(' ')} … {data[-2:].hex(' ')}"


def hex_rows(field: Field) -> tuple[list[HexRow], str]:
    """The bytes of a field in rows of eight, and what is left out of a long one."""
    shown = min(len(field.data), _BYTES_IN_A_ROW * _MOST_HEX_ROWS)
    rows = []
    for start in range(0, shown, _BYTES_IN_A_ROW):
        part = slice(start, start + _BYTES_IN_A_ROW)
        rows.append(HexRow(field.offset + start, field.data[part], field.plain[part] if field.plain else None))
    more = len(field.data) - shown
    return rows, f"… {more:,} bytes more" if more else ""


def _shown(one: Said, began: float, timed: bool) -> Shown:
    fields = one.message.fields
    hidden = fields[_MOST_FIELDS:]
    size = sum(len(field.data) for field in hidden)
    left = f"… {len(hidden):,} more fields, {size:,} bytes" if hidden else ""
    when = f"{(one.t - began) * 1000:,.1f} ms" if timed else ""
    return Shown(when, one.message, fields[:_MOST_FIELDS], left)


def _rows(message: Message) -> int:
    rows = 1
    for field in message.fields[:_MOST_FIELDS]:
        long = 1 + min(len(field.data) // _BYTES_IN_A_ROW, _MOST_HEX_ROWS)
        rows += long + 1 if field.kind in ("content", "unknown") else 2 + len(field.bits) // 2
    return rows


def _fitting(rows: Sequence[int], most: int) -> int:
    """How many of the first messages have together at most so many rows; one always fits."""
    count = total = 0
    while count < len(rows) and (not count or total + rows[count] <= most):
        total += rows[count]
        count += 1
    return count
