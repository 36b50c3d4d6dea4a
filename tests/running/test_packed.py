"""A packed tree arrives as it was, and nothing that is in its way is followed."""

import io
import os
from pathlib import Path

import pytest

from channels_lab.running.packed import pack, unpack


def test_there_as_here(tmp_path: Path) -> None:
    """Folders, empty ones too, and files with their content and times arrive; links do not."""
    tree = tmp_path / "tree"
    (tree / "chat" / "empty").mkdir(parents=True)
    (tree / "chat" / "rooms.py").write_text("ROOM = '로비'\n", encoding="utf-8")
    (tree / "db.sqlite3").write_bytes(bytes(range(256)) * 1000)
    os.utime(tree / "db.sqlite3", ns=(1, 1_000_000_007))
    (tree / "passwords").symlink_to("/etc/passwd")
    (tree / "all").symlink_to("/etc")
    unpack(io.BytesIO(pack(tree)), there := tmp_path / "box" / "there")
    found = sorted(place.relative_to(there).as_posix() for place in there.rglob("*"))
    assert found == ["chat", "chat/empty", "chat/rooms.py", "db.sqlite3"]
    for name in ("chat/rooms.py", "db.sqlite3"):
        assert (there / name).read_bytes() == (tree / name).read_bytes()
        assert (there / name).stat().st_mtime_ns == (tree / name).stat().st_mtime_ns


def test_somebody_in_the_way(tmp_path: Path) -> None:
    """What stands at the place already, a link perhaps, is neither followed nor written to."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.py").write_text("ours")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "there").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        unpack(io.BytesIO(pack(tmp_path / "tree")), tmp_path / "there")
    assert not list((tmp_path / "elsewhere").iterdir())
