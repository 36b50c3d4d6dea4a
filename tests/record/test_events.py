"""The entries of a record."""

from pathlib import Path

from channels_lab.record.events import Event
from channels_lab.record.reading import Record, read_record


def test_lines_become_events(tmp_path: Path) -> None:
    """Each line is an event of the server, with the rest of its keys as details."""
    record = tmp_path / "record"
    record.write_text('{"t": 1500000000, "kind": "print", "connection": 2, "text": "hi"}\n')
    [event] = read_record(record)
    assert (event.t, event.side, event.kind) == (1.5, "server", "print")
    assert (event.connection, event.details) == (2, {"text": "hi"})


def test_a_line_that_was_cut_short(tmp_path: Path) -> None:
    """What a crash has cut short is left out, and the rest is read."""
    whole = '{"t": 1000, "kind": "end", "connection": 1}\n'
    record = tmp_path / "record"
    record.write_bytes((whole + '{"t": 2000, "kin' + "\n" + whole).encode() + b'{"t": 3, "kind": "\xff\xfe')
    assert [event.kind for event in read_record(record)] == ["end", "end"]


def test_lines_of_another_kind(tmp_path: Path) -> None:
    """Lines that are JSON, but no entries, are left out."""
    record = tmp_path / "record"
    record.write_text('5\nnull\n"text"\n[]\n{}\n\n{"kind": "end"}\n')
    assert read_record(record) == []


def test_lines_that_no_recorder_writes(tmp_path: Path) -> None:
    """Lines that lack what readers rely on, or hold it in another shape, are left out; of a flood so much is read."""
    odd = [
        '"kind": "open", "connection": 1',
        '"kind": "receive", "connection": 1, "event": []',
        '"kind": "error", "connection": 1, "error": {}',
        '"kind": "error", "connection": 1, "error": "e", "frames": [1]',
        '"kind": "open", "connection": 1, "type": "http", "path": "/", "client": ["a"]',
        '"kind": [], "connection": 1',
        '"kind": "end", "connection": {}',
    ]
    deep, late = "[" * 100_000, f'{{"t": {"9" * 400}, "kind": "end", "connection": 1}}'
    record = tmp_path / "record"
    record.write_text("\n".join([*(f'{{"t": 1, {line}}}' for line in odd), deep, late]))
    assert read_record(record) == []
    record.write_text('{"t": 1, "kind": "end", "connection": 1}\n' * 200_000)
    assert len(read_record(record)) == 100_000


def test_no_record(tmp_path: Path) -> None:
    """A record that is not there is an empty one."""
    assert read_record(tmp_path / "none") == []


def test_order_is_by_time_alone() -> None:
    """Events of one moment are sorted without looking at what they hold."""
    events = [
        Event(2, "client", "sent", details={"b": 1}),
        Event(2, "server", "open", details={"a": {}}),
        Event(1, "server", "end"),
    ]
    assert [event.t for event in sorted(events)] == [1, 2, 2]


def test_a_record_that_is_being_written(tmp_path: Path) -> None:
    """Read again, a record gives what has come since, also a line that had holes before; none is told twice."""
    path = tmp_path / "record"
    first, second = (f'{{"t": {t}000, "kind": "end", "connection": {t}}}\n'.encode() for t in (1, 2))
    record = Record(path)
    assert record.events() == []
    room = bytes(500)  # as it is taken from the disk
    for content in (
        first + room,
        first + second[:9] + bytes(len(second) - 10) + second[-1:] + room,
        first + second + room,
        first + second + room + second,
    ):
        path.write_bytes(content)
        expected = [1] + [2] * content.count(second)
        assert [event.connection for event in record.events()] == expected
        assert [event.connection for event in record.events()] == expected
