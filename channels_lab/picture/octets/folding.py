"""What of a conversation is shown: all of a short one, the two ends of a long one, and a word about the rest."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import NamedTuple

from channels_lab.picture.octets.conversation import Said
from channels_lab.picture.octets.field import Field, Message
from channels_lab.picture.octets.printable import counted

__all__ = ["HexRow", "Shown", "folded", "hex_line", "hex_rows"]

# About so many lines of text.
_MOST_ROWS = 360
_ROWS_AT_THE_END = 120
_MOST_FIELDS = 40
_BYTES_IN_A_ROW = 8
_MOST_HEX_ROWS = 8


class Shown(NamedTuple):
    """A message to show: `when` ("12.3 ms", or "" without a clock), its `fields`, and what is `left` out after them.

    Among its fields a sentence stands for headers that are left out.
    """

    when: str
    message: Message
    fields: Sequence[Field | str]
    left: str


class HexRow(NamedTuple):
    """Some bytes of a field at their `offset`; `plain` without their mask, where they have one."""

    offset: int
    data: bytes
    plain: bytes | None


def folded(said: Sequence[Said], headers: Collection[str] | None = None) -> list[Shown | str]:
    """The messages to show in their order; a sentence stands for those that are left out.

    Of headers only those of these names are shown, where some are given.
    """
    timed = len({one.t for one in said}) > 1
    fields = [_fields(one.message, headers) for one in said]
    rows = [_rows(of_one) for of_one in fields]
    head, tail = len(said), 0
    if sum(rows) > _MOST_ROWS:
        head = _fitting(rows, _MOST_ROWS - _ROWS_AT_THE_END)
        tail = min(_fitting(rows[::-1], _ROWS_AT_THE_END), len(rows) - head)
    end = len(said) - tail
    shown = [_shown(one, of_one, said[0].t, timed) for one, of_one in zip(said, fields, strict=True)]
    parts: list[Shown | str] = [*shown[:head]]
    if hidden := said[head:end]:
        parts.append(f"… {len(hidden):,} more messages, {sum(one.message.size for one in hidden):,} bytes")
    return parts + shown[end:]


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


def _fields(message: Message, headers: Collection[str] | None) -> list[Field | str]:
    """The fields of a message, with a sentence in the place of headers that are not wanted."""
    if headers is None:
        return [*message.fields]
    wanted = {name.casefold() for name in headers}
    found: list[Field | str] = []
    for unwanted, fields in groupby(message.fields, lambda field: _is_header(field) and _name(field) not in wanted):
        run = list(fields)
        found += [_left_out(run)] if unwanted else run
    return found


def _is_header(field: Field) -> bool:
    return field.name == "header"


def _name(header: Field) -> str:
    return header.data.partition(b":")[0].decode("latin-1").casefold()


def _left_out(headers: list[Field]) -> str:
    size = sum(len(header.data) for header in headers)
    return f"… {len(headers)} more {'header' if len(headers) == 1 else 'headers'}, {counted(size)}"


def _shown(one: Said, fields: Sequence[Field | str], began: float, timed: bool) -> Shown:
    hidden = [field for field in fields[_MOST_FIELDS:] if isinstance(field, Field)]
    size = sum(len(field.data) for field in hidden)
    left = f"… {len(hidden):,} more fields, {size:,} bytes" if hidden else ""
    when = f"{(one.t - began) * 1000:,.1f} ms" if timed else ""
    return Shown(when, one.message, fields[:_MOST_FIELDS], left)


def _rows(fields: Sequence[Field | str]) -> int:
    rows = 1
    for field in fields[:_MOST_FIELDS]:
        if isinstance(field, str):
            rows += 1
            continue
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
