"""Which changes of which files have a program judged again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from apex_guardrails.runs.watched_files import WatchedFiles
from tests.policies.judged import judged, project_file, write


def touch(file: Path) -> Path:
    """Saves a file with other contents."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{file.read_text() if file.exists() else ''}# more\n")
    return file


def test_what_is_saved_made_and_removed_is_named(tmp_path: Path) -> None:
    program = judged(tmp_path, files={"parts/net.py": "", "boot.sh": "", ".env": "A=1\n"})
    watched = WatchedFiles(program)
    assert not watched.is_outdated()
    expected = [
        touch(program / name)
        for name in ("Pulumi.dev.yaml", "__main__.py", "parts/net.py", "policy-pack.yaml")
    ]
    assert watched.is_outdated()
    assert watched.wait() == sorted(expected)
    assert not watched.is_outdated()
    (program / "parts/net.py").unlink()
    assert watched.wait() == [program / "parts/net.py"]
    for name in ("boot.sh", ".env"):
        touch(program / name)
        # What a program may write itself stops no run that is under way.
        assert not watched.is_outdated()
        assert watched.wait() == [program / name]


def test_a_file_that_is_saved_by_putting_another_in_its_place_is_seen(tmp_path: Path) -> None:
    program = judged(tmp_path, "a = 1\n")
    watched = WatchedFiles(program)
    file = program / "__main__.py"
    about = file.stat()
    beside = write(program, {".swap": "a = 2\n"}) / ".swap"
    os.utime(beside, ns=(about.st_atime_ns, about.st_mtime_ns))
    beside.replace(file)
    assert watched.wait() == [file]


@pytest.mark.parametrize(
    "name",
    [
        ".git/HEAD",
        ".venv/lib/a.py",
        "env/pyvenv.cfg",
        "node_modules/a/index.js",
        "__pycache__/a.pyc",
        "build/apex/judged.dev.json",
        "bin/index.js",
        "reports/judged.dev.json",
        "out.sarif",
        "__main__.py~",
        ".__main__.py.swp",
    ],
)
def test_what_is_built_installed_or_ours_is_not_watched(tmp_path: Path, name: str) -> None:
    program = judged(tmp_path)
    watched = WatchedFiles(program, written=[program / "out.sarif"])
    watched.add(written=[program / "reports"])
    touch(program / name)
    main = touch(program / "__main__.py")
    assert watched.wait() == [main]


def test_what_a_program_writes_in_each_run_is_its_own(tmp_path: Path) -> None:
    program = judged(tmp_path)
    watched = WatchedFiles(program)
    written = touch(program / "rendered.json")
    watched.after_run()
    # Once it may be somebody's edit during the run, so it is judged again.
    assert watched.wait() == [written]
    touch(written)
    watched.after_run()
    touch(written)
    main = touch(program / "__main__.py")
    # A source is always somebody's edit.
    watched.after_run()
    assert watched.wait() == [main]


def test_files_elsewhere_count_where_a_run_reads_them(tmp_path: Path) -> None:
    project = project_file("main: ../code\nstackConfigDir: ../stacks\n")
    write(tmp_path, {"code/__main__.py": "", "stacks/Pulumi.dev.yaml": "", "shared/names.py": ""})
    program = write(tmp_path / "program", {"Pulumi.yaml": project})
    settings = write(tmp_path, {"pack.yaml": "rules: {}\n"}) / "pack.yaml"
    watched = WatchedFiles(program, [settings])
    watched.add([tmp_path / "shared/names.py", tmp_path / "policy-baseline.json"])
    watched.wait()
    for name in (
        *("pack.yaml", "policy-baseline.json", "shared/names.py"),
        *("code/__main__.py", "stacks/Pulumi.dev.yaml", "program/Pulumi.yaml"),
    ):
        file = touch(tmp_path / name)
        assert watched.is_outdated()
        assert watched.wait() == [file]
    # A project that cannot be read has its folders still.
    (program / "Pulumi.yaml").write_text("name: [")
    watched.add()
    touch(tmp_path / "code/__main__.py")
    assert watched.wait() == [tmp_path / "code/__main__.py", program / "Pulumi.yaml"]


def test_folders_elsewhere_count_once_a_run_has_shown_them(tmp_path: Path) -> None:
    program = write(tmp_path / "program", {"Pulumi.yaml": project_file(), "lib/a.py": ""})
    write(tmp_path, {"network/__main__.py": "", "network/node_modules/a.js": ""})
    watched = WatchedFiles(program)
    touch(tmp_path / "network/__main__.py")
    assert not watched.is_outdated()
    for _ in range(2):
        watched.add(folders=[tmp_path / "network", program / "lib"])
        assert not watched.is_outdated()
        touch(tmp_path / "network/node_modules/a.js")
        file = touch(tmp_path / "network/__main__.py")
        assert watched.wait() == [file]


def test_what_is_saved_elsewhere_during_a_later_run_counts(tmp_path: Path) -> None:
    program = judged(tmp_path / "program")
    saved = touch(tmp_path / "network/net.py")
    watched = WatchedFiles(program)
    watched.add(folders=[tmp_path / "network"])
    touch(saved)
    # The run that was under way shows the folder again.
    watched.add(folders=[tmp_path / "network"])
    assert watched.wait() == [saved]


def test_a_folder_that_is_gone_has_no_files(tmp_path: Path) -> None:
    program = judged(tmp_path / "program")
    watched = WatchedFiles(program)
    program.rename(tmp_path / "elsewhere")
    assert program / "__main__.py" in watched.wait()
    (tmp_path / "elsewhere").rename(program)
    assert program / "__main__.py" in watched.wait()
