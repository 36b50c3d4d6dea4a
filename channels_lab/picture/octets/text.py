"""Bytes and their meaning as lines of text: offset and bytes on the left, what they are on the right."""

import textwrap
from collections.abc import Iterable, Iterator

from channels_lab.picture.octets.field import Field
from channels_lab.picture.octets.folding import Shown, hex_line, hex_rows
from channels_lab.picture.octets.printable import gutter, hexadecimal, printable

__all__ = ["lines"]

_WIDTH = 74
_HEX = 24
_NO_BREAK = "\u00a0"
_ARROWS = {"sent": "▶", "received": "◀"}


def lines(parts: Iterable[Shown | str]) -> Iterator[str]:
    """The lines of what is shown."""
    for part in parts:
        yield ""
        if isinstance(part, str):
            yield part
            continue
        direction = part.message.direction
        when = f" at {part.when}" if part.when else ""
        yield f"{_ARROWS[direction]} {direction}{when}, {part.message.summary}"
        for field in part.fields:
            yield from _field(field)
        if part.left:
            yield _row("", "", part.left)


def _field(field: Field | str) -> Iterator[str]:
    if isinstance(field, str):
        yield _row("", "", field)
        return
    match field.kind:
        case "bits":
            yield from _bits(field)
        case "line":
            first, *more = _wrapped(printable(field.data, 300))
            yield _row(field.offset, hex_line(field.data), first)
            yield from (_row("", "", line) for line in more)
            yield from _note(f"{field.name}: {field.meaning}" if field.meaning else field.name, field.source)
        case "number":
            first, *more = _wrapped(_sourced(f"{field.name}: {field.meaning}", field.source))
            yield _row(field.offset, hexadecimal(field.data), first)
            yield from (_row("", "", line) for line in more)
            if field.plain:
                yield from _note(f"without the mask: {hexadecimal(field.plain)}", "")
        case _:
            yield from _content(field)


def _bits(field: Field) -> Iterator[str]:
    """The bits of a byte, each with a line down to what it means, the last one first."""
    yield _row(field.offset, hexadecimal(field.data), " ".join(bits.value for bits in field.bits))
    starts = [0]
    for bits in field.bits:
        starts.append(starts[-1] + len(bits.value) + 1)
    for number in reversed(range(len(field.bits))):
        bars = "".join(f"{'│':<{starts[i + 1] - starts[i]}}" for i in range(number))
        bits = field.bits[number]
        meaning = f"{bits.name} {bits.value}: {bits.meaning}"
        yield _row("", "", f"{bars}└ {_sourced(meaning, field.source if number == 0 else '')}")


def _content(field: Field) -> Iterator[str]:
    rows, left = hex_rows(field)
    for row in rows:
        beside = gutter(row.data) if row.plain is None else f"{hexadecimal(row.plain):<{_HEX}}  {gutter(row.plain)}"
        yield _row(row.offset, hexadecimal(row.data), beside)
    if left:
        yield _row("", left, "")
    yield from _note(f"{field.name}: {field.meaning}", field.source)


def _note(text: str, source: str) -> Iterator[str]:
    first, *more = _wrapped(_sourced(text, source))
    yield _row("", "", f"└ {first}")
    yield from (_row("", "", f"  {line}") for line in more)


def _sourced(text: str, source: str) -> str:
    return f"{text} [{source.replace(' ', _NO_BREAK)}]" if source else text


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_on_hyphens=False) or [""]


def _row(offset: int | str, data: str, text: str) -> str:
    return f"{offset:>7}  {data:<{_HEX}}  {text.replace(_NO_BREAK, ' ')}".rstrip()
