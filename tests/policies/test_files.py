"""Files are written whole, or left as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.errors import UsageError
from policies.files import write_text


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_text(tmp_path / "a/b.txt", "text\n")

    assert (tmp_path / "a/b.txt").read_text() == "text\n"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]
    assert (tmp_path / "a/b.txt").stat().st_mode & 0o400


def test_what_is_there_is_replaced_or_kept(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    write_text(path, "first")
    write_text(path, "second")
    with pytest.raises(UsageError, match="is there already"):
        write_text(path, "third", replace=False)
    assert path.read_text() == "second"


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "folder/inside").mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot be written"):
        write_text(tmp_path / "folder", "text")
    (tmp_path / "file").write_text("kept")
    with pytest.raises(UsageError, match="cannot be written"):
        write_text(tmp_path / "file/below", "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "kept"
