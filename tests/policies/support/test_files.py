"""Files are written whole, or left as they are; what is no plain file is never replaced."""

from __future__ import annotations

import os
import socket
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import write_text, write_texts


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_text(tmp_path / "a/b.txt", "text\n")

    assert (tmp_path / "a/b.txt").read_text() == "text\n"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]
    assert (tmp_path / "a/b.txt").stat().st_mode & 0o400


def test_what_is_there_is_replaced_or_kept(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    write_text(path, "first")
    write_text(path, "second")
    with pytest.raises(UsageError, match="already exists"):
        write_text(path, "third", replace=False)
    assert path.read_text() == "second"


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "private"
    path.write_text("first")
    path.chmod(0o600)
    write_text(path, "second")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "folder/inside").mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot be written: it is a folder"):
        write_text(tmp_path / "folder", "text")
    (tmp_path / "file").write_text("kept")
    for below in ("file/below", "file/further/below"):
        with pytest.raises(UsageError, match=r"below: cannot be written: .*/file is not a folder"):
            write_text(tmp_path / below, "text")
    with pytest.raises(UsageError, match="cannot be written: /dev/null is not a folder"):
        write_text(Path("/dev/null/report"), "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "kept"


def _link(path: Path) -> None:
    (path.parent / "target").write_text("kept")
    path.symlink_to("target")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.fspath(path))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (_link, "a link"),
        (lambda path: path.symlink_to("nowhere"), "a link"),
        (lambda path: path.symlink_to(os.devnull), "a link"),
        (lambda path: path.symlink_to("."), "a link"),
        (_socket, "a socket"),
        (Path.mkdir, "a folder"),
    ],
    ids=["link", "dangling", "link-to-device", "link-to-folder", "socket", "folder"],
)
def test_what_is_no_plain_file_is_refused_before_anything_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    what: str,
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    path = Path("report")
    make(path)
    before = path.lstat()
    names = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match=f"report: cannot be written: it is {what}"):
        write_text(path, "text")
    with pytest.raises(UsageError, match=f"report: cannot be written: it is {what}"):
        write_texts({Path("beside"): "text", path: "text"})
    assert path.lstat() == before
    assert sorted(tmp_path.iterdir()) == names
    if (tmp_path / "target").exists():
        assert (tmp_path / "target").read_text() == "kept"


def test_a_device_stays_one() -> None:
    write_text(Path(os.devnull), "text")
    assert Path(os.devnull).is_char_device()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_device_that_takes_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="/dev/full: cannot be written: No space left"):
        write_texts({tmp_path / "beside": "text", Path("/dev/full"): "text"})
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_through(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_text(pipe, "text\n")
    reader.join()
    assert read == ["text\n"]
    assert pipe.is_fifo()


def test_a_stream_of_this_process_goes_on_where_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    for number, name in enumerate(("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")):
        sys.stdout.write(f"{number}\n")
        write_text(Path(name), "text\n")
    assert capfd.readouterr().out == "0\ntext\n1\ntext\n2\ntext\n"
    write_text(Path("/dev/stderr"), "text\n")
    assert capfd.readouterr().err == "text\n"


def test_a_stream_that_leads_to_a_file_adds_to_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as log:
        log.write("before\n")
        log.flush()
        write_text(Path(f"/dev/fd/{log.fileno()}"), "text\n")
        log.write("after\n")
    assert path.read_text() == "before\ntext\nafter\n"


def test_a_stream_that_is_closed_is_told() -> None:
    with pytest.raises(UsageError, match="/dev/fd/987: cannot be written: Bad file descriptor"):
        write_text(Path("/dev/fd/987"), "text")


def test_a_reader_of_a_pipe_may_leave() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    write_text(Path(f"/dev/fd/{writer}"), "text")
    os.close(writer)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_has_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_text(tmp_path / name, "text")


def test_a_long_name_is_a_name(tmp_path: Path) -> None:
    write_text(tmp_path / ("x" * 255), "text")
    assert (tmp_path / ("x" * 255)).read_text() == "text"


def test_what_is_no_unicode_is_written_by_its_number(tmp_path: Path) -> None:
    write_text(tmp_path / "file", os.fsdecode(b"caf\xe9\n"))
    assert (tmp_path / "file").read_text() == "caf\\udce9\n"
