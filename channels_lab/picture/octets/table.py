"""Bytes and their meaning as a table in HTML, escaped; each tint stands beside a word that says the same."""

import re
from collections.abc import Iterable
from html import escape

from channels_lab.picture.octets.field import Field
from channels_lab.picture.octets.folding import Shown, hex_line, hex_rows
from channels_lab.picture.octets.printable import gutter, hexadecimal, printable

__all__ = ["table"]

# Tints that read on a light and on a dark page. Styles stand in the cells: a page that is not trusted loses others.
_DIRECTIONS = {"sent": "rgba(56, 132, 244, 0.20)", "received": "rgba(46, 160, 67, 0.20)"}
_KINDS = {
    "line": "rgba(128, 128, 128, 0.10)",
    "bits": "rgba(201, 122, 0, 0.20)",
    "number": "rgba(201, 122, 0, 0.12)",
    "content": "rgba(130, 80, 223, 0.16)",
    "unknown": "rgba(214, 69, 65, 0.18)",
}
_ARROWS = {"sent": "▶", "received": "◀"}
_CELL = "text-align: left; vertical-align: top; padding: 2px 8px"
# JupyterLab stripes the rows of tables, which reads badly where a cell spans several.
_TR = '<tr style="background: none">'
_CODE = "font-family: monospace; white-space: pre"
_SOURCE = re.compile(r"RFC (\d+) ([\d.]+)")


def table(caption: str, parts: Iterable[Shown | str]) -> str:
    """The table of what is shown."""
    # Wide enough for eight bytes and their letters, which else give way to a long meaning.
    columns = {"Offset": "", "Bytes": "", "Read as": "; min-width: 22em", "What it is": ""}
    heads = "".join(f'<th scope="col" style="{_CELL}{width}">{name}</th>' for name, width in columns.items())
    bodies = "".join(_fold(part) if isinstance(part, str) else _body(part) for part in parts)
    return (
        '<table style="border-collapse: collapse; font-size: 90%">'
        f'<caption style="text-align: left; padding: 2px 8px">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead>{bodies}</table>"
    )


def _fold(text: str) -> str:
    return f'<tbody><tr><td colspan="4" style="{_CELL}">{escape(text)}</td></tr></tbody>'


def _body(part: Shown) -> str:
    direction = part.message.direction
    when = f" at {part.when}" if part.when else ""
    head = (
        f'{_TR}<th scope="rowgroup" colspan="4" style="{_CELL}; background: {_DIRECTIONS[direction]}">'
        f"{_ARROWS[direction]} {direction}{when}, <bdi>{escape(part.message.summary)}</bdi></th></tr>"
    )
    rows = "".join(_row(field) for field in part.fields)
    left = _row(part.left) if part.left else ""
    return f"<tbody>{head}{rows}{left}</tbody>"


def _row(field: Field | str) -> str:
    if isinstance(field, str):
        return f'{_TR}<td colspan="4" style="{_CELL}">{escape(field)}</td></tr>'
    if field.bits:
        return _bit_rows(field)
    offset, data, reading = _columns(field)
    meaning = f"<strong>{escape(field.name)}</strong>"
    if field.meaning:
        meaning += f": <bdi>{escape(field.meaning)}</bdi>"
    return f"{_TR}{_bytes(field, offset, data)}{_reading(reading)}{_what(meaning, field.source)}</tr>"


def _bit_rows(field: Field) -> str:
    """A byte as rows, one for each of its parts: 1··· ····, ·000 ····."""
    rows: list[str] = []
    before = ""
    everything = "".join(bits.value for bits in field.bits)
    for bits in field.bits:
        mask = before + bits.value + "·" * (len(everything) - len(before) - len(bits.value))
        before += "·" * len(bits.value)
        meaning = f"<strong>{escape(bits.name)}</strong>: {escape(bits.meaning)}"
        rows.append(f"{_reading(f'{mask[:4]} {mask[4:]}')}{_what(meaning, field.source if not rows else '')}")
    span = _bytes(field, str(field.offset), hexadecimal(field.data), len(rows))
    return "".join(f"{_TR}{span if number == 0 else ''}{row}</tr>" for number, row in enumerate(rows))


def _bytes(field: Field, offset: str, data: str, rows: int = 1) -> str:
    span = f' rowspan="{rows}"' if rows > 1 else ""
    return (
        f'<td{span} style="{_CELL}; {_CODE}; text-align: right">{offset}</td>'
        f'<td{span} style="{_CELL}; {_CODE}; background: {_KINDS[field.kind]}">{data}</td>'
    )


def _reading(text: str) -> str:
    return f'<td style="{_CELL}; {_CODE}-wrap; overflow-wrap: anywhere"><bdi>{escape(text)}</bdi></td>'


def _what(meaning: str, source: str) -> str:
    return f'<td style="{_CELL}">{meaning}{_link(source)}</td>'


def _columns(field: Field) -> tuple[str, str, str]:
    """Offset, bytes, and what they read as."""
    match field.kind:
        case "line":
            return str(field.offset), hex_line(field.data), printable(field.data, 300)
        case "number":
            plain = f"without the mask: {hexadecimal(field.plain)}" if field.plain else ""
            return str(field.offset), hexadecimal(field.data), plain
    rows, left = hex_rows(field)
    beside = [
        gutter(row.data) if row.plain is None else f"{hexadecimal(row.plain):<23}  {gutter(row.plain)}" for row in rows
    ]
    return (
        "\n".join(str(row.offset) for row in rows),
        "\n".join([*(hexadecimal(row.data) for row in rows), *([left] if left else [])]),
        "\n".join(beside),
    )


def _link(source: str) -> str:
    if match := _SOURCE.fullmatch(source):
        where = f"https://www.rfc-editor.org/rfc/rfc{match[1]}#section-{match[2]}"
    elif source.startswith("https://"):
        where = source
    else:
        return ""
    style = "color: inherit; white-space: nowrap"
    return f' <a href="{escape(where)}" target="_blank" rel="noopener" style="{style}">{escape(source)}</a>'
