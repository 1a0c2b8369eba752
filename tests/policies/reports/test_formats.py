"""Every format: the small document in it, files as a whole, and what strangers write into one."""

from __future__ import annotations

import re
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings

from apex_guardrails.judgement.versions import read_judgement
from apex_guardrails.reports.formats import folder_in, formats, write_reports
from apex_guardrails.settings import ReportFormat, ReportSettings
from apex_guardrails.support.errors import UsageError
from tests.policies.reports.documents import NASTY, figures, full_of, small, texts
from tests.policies.reports.goldens import file_of, shown

_DRIVES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


def test_every_format_that_settings_name_has_its_module() -> None:
    assert list(formats()) == list(ReportFormat)
    suffixes = [item.suffix for item in formats().values()]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("name", ReportFormat)
def test_the_small_document(name: ReportFormat) -> None:
    assert shown(name) == file_of(name).read_text("utf-8")


@pytest.mark.parametrize(
    "name", [ReportFormat.JUNIT, ReportFormat.MARKDOWN, ReportFormat.HTML], ids=str
)
def test_half_a_cent_is_one_in_every_format_that_people_read(name: ReportFormat) -> None:
    cost = small().cost
    assert cost is not None
    half = cost.model_copy(update={"monthly": figures("0.125", "0.125", "0.125")})
    assert "0.13 USD" in formats()[name].render(small(cost=half))


@given(texts)
@settings(max_examples=60)
def test_nothing_drives_a_terminal_or_a_workflow(text: str) -> None:
    document = full_of(text)
    for name, made in formats().items():
        written = made.render(document)
        assert not _DRIVES.search(written), name
        assert not _COMMAND.search(written), name
        written.encode()


def test_files_are_named_by_project_and_stack(tmp_path: Path) -> None:
    write_reports(small(), tmp_path, [ReportFormat.JSON])
    other = small(stack="prod")
    assert write_reports(other, tmp_path, formats()) == [
        tmp_path / f"shop.prod{made.suffix}" for made in formats().values()
    ]
    assert read_judgement(tmp_path / "shop.dev.json") == small()
    assert read_judgement(tmp_path / "shop.prod.json") == other


@pytest.mark.parametrize("name", [*NASTY, "../../etc/passwd", "..", "a/b", "", "con:aux"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "reports"
    write_reports(full_of(name), folder, formats())

    assert [path.name for path in tmp_path.iterdir()] == ["reports"]
    files = list(folder.iterdir())
    assert len(files) == len(formats())
    assert all(re.fullmatch(r"[A-Za-z0-9_][\w.-]{0,140}", file.name, re.ASCII) for file in files)


def test_two_names_that_look_alike_stay_two(tmp_path: Path) -> None:
    for stack in ("a/b", "a:b", "a_b"):
        write_reports(small(stack=stack), tmp_path, [ReportFormat.JSON])
    assert len(list(tmp_path.iterdir())) == 3


@contextmanager
def disk_with(size: int) -> Iterator[None]:
    """No file can become larger, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_earlier_reports_as_they_were(tmp_path: Path) -> None:
    write_reports(small(), tmp_path, formats())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    later = small(notes=("another",))
    *smaller, largest = sorted(formats().values(), key=lambda made: len(made.render(later)))
    size = max(len(made.render(later).encode()) for made in smaller)
    # There is room for each of the files but one.
    failure = re.escape(f"shop.dev{largest.suffix}") + ": .*too large"
    with disk_with(size), pytest.raises(UsageError, match=failure):
        write_reports(later, tmp_path, formats())

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(UsageError, match=r"file/shop\.dev\.json: cannot be written"):
        write_reports(small(), tmp_path / "file", formats())
    (tmp_path / "shop.dev.md").mkdir()
    with pytest.raises(UsageError, match=r"shop\.dev\.md: cannot be written: it is a folder"):
        write_reports(small(), tmp_path, formats())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "shop.dev.md"]


def test_runs_at_the_same_time_leave_whole_files(tmp_path: Path) -> None:
    documents = [small(output=("x" * 50_000 * number,)) for number in range(1, 5)]
    threads = [
        threading.Thread(target=write_reports, args=(document, tmp_path, [ReportFormat.JSON]))
        for document in documents * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [file] = tmp_path.iterdir()
    assert read_judgement(file) in documents


def test_settings_name_a_folder_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / "link").symlink_to(tmp_path / "outside")
    (project / "circle").symlink_to(project / "circle")

    assert folder_in(project, ReportSettings()) is None
    assert folder_in(project, ReportSettings(directory="build/apex")) == project / "build/apex"
    for name in ("link", "link/below", "circle"):
        with pytest.raises(UsageError, match="is outside the project"):
            folder_in(project, ReportSettings(directory=name))
