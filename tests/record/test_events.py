"""The entries of a record."""

from pathlib import Path

from channels_lab.record.events import Event, read_record


def test_lines_become_events(tmp_path: Path) -> None:
    """Each line is an event of the server, with the rest of its keys as details."""
    record = tmp_path / "record"
    record.write_text('{"t": 1500000000, "kind": "open", "connection": 2, "path": "/ws/"}\n')
    [event] = read_record(record)
    assert (event.t, event.side, event.kind) == (1.5, "server", "open")
    assert (event.connection, event.details) == (2, {"path": "/ws/"})


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
