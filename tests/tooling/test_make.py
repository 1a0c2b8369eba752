"""`make preview` on a fresh clone, and again."""

import os

import pytest

from tests.tooling.conftest import Checkout, write_program


def installs(calls: list[str]) -> int:
    return sum(call.startswith("uv sync") for call in calls)


def make(checkout: Checkout, *arguments: str) -> list[str]:
    """Runs make, which has to succeed, and returns what it called."""
    done = checkout.run("make", *arguments)
    assert done.returncode == 0, done.stderr
    return checkout.calls()


def test_the_first_preview_installs_what_is_locked_and_judges_dev(checkout: Checkout) -> None:
    sync, apex = make(checkout, "preview")
    assert "--locked" in sync
    assert "--compile-bytecode" in sync
    assert "--group dev" not in sync
    assert apex == "apex preview --stack dev"


def test_the_second_preview_installs_nothing(checkout: Checkout) -> None:
    make(checkout, "preview")
    assert make(checkout, "preview", "STACK=production") == ["apex preview --stack production"]


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml", "policies/PulumiPolicy.yaml"])
def test_a_changed_dependency_is_installed_once(checkout: Checkout, name: str) -> None:
    make(checkout, "preview")
    later = (checkout.root / ".venv/ready-run").stat().st_mtime + 1
    os.utime(checkout.root / name, (later, later))
    os.utime(checkout.root / ".venv/bin/apex", (later, later))
    assert installs(make(checkout, "preview")) == 1


def test_the_tools_for_the_checks_serve_a_preview_too(checkout: Checkout) -> None:
    sync, *_ = make(checkout, ".venv/ready-dev")
    assert "--group dev" in sync
    assert installs(make(checkout, "preview")) == 0


@pytest.mark.parametrize("group", ["checkov", "load"])
def test_what_cannot_live_with_pulumi_gets_an_environment_once(
    checkout: Checkout, group: str
) -> None:
    make(checkout, "preview")
    (sync,) = make(checkout, f".venv-{group}/ready-{group}")
    assert f"--only-group {group}" in sync
    assert "--locked" in sync
    assert "--compile-bytecode" in sync
    assert (checkout.root / f".venv-{group}/bin/python").exists()
    assert make(checkout, f".venv-{group}/ready-{group}") == []
    assert installs(make(checkout, "preview")) == 0


@pytest.mark.parametrize("target", ["smoke", "load"])
def test_an_address_is_one_word_for_the_shell(checkout: Checkout, target: str) -> None:
    shown = checkout.run("make", "--dry-run", target, "URL=it's; echo a > b").stdout
    assert "--base-url='it'\\''s; echo a > b' " in shown


def test_a_checkout_that_has_moved_gets_a_new_environment(checkout: Checkout) -> None:
    make(checkout, "preview")
    left_over = ".venv/holds-the-old-path"
    (checkout.root / left_over).touch()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved to here"))
    assert installs(make(checkout, "preview")) == 1
    assert not (checkout.root / left_over).exists()
    assert installs(make(checkout, "preview")) == 0


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    make(checkout, "preview")
    python = checkout.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to(checkout.root / "removed")
    assert installs(make(checkout, "preview")) == 1
    assert python.exists()


def test_an_environment_left_half_made_is_made_anew(checkout: Checkout) -> None:
    (checkout.root / ".venv/bin").mkdir(parents=True)
    (checkout.root / ".venv/bin/half").touch()
    make(checkout, "preview")
    assert not (checkout.root / ".venv/bin/half").exists()


def test_a_set_up_that_failed_runs_again(checkout: Checkout) -> None:
    good = (checkout.programs / "uv").read_text()
    write_program(checkout.programs / "uv", '[ "$1" != sync ] || exit 1')
    failed = checkout.run("make", "preview")
    assert failed.returncode != 0
    assert checkout.calls() == []
    (checkout.programs / "uv").write_text(good)
    assert installs(make(checkout, "preview")) == 1


def test_a_stack_name_is_one_word_for_the_shell(checkout: Checkout) -> None:
    *_, apex = make(checkout, "preview", "STACK=it's; echo a > b")
    assert apex == "apex preview --stack it's; echo a > b"
    assert not (checkout.root / "b").exists()


def test_a_failed_judgement_fails_make(checkout: Checkout) -> None:
    write_program(checkout.programs / "apex", "exit 1")
    done = checkout.run("make", "preview")
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].endswith("Error 1")


def test_an_old_python_is_named_in_one_line(checkout: Checkout) -> None:
    write_program(
        checkout.programs / "python3", '[ "$1" = --version ] && echo Python 3.9.1 || exit 1'
    )
    done = checkout.run("scripts/setup", "run")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "Python 3.9.1 is too old: 3.11 or newer" in line
    assert checkout.calls() == []


def test_a_missing_python_is_named_in_one_line(checkout: Checkout) -> None:
    checkout.env["PYTHON"] = "python-that-is-not-there"
    done = checkout.run("scripts/setup", "run")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "python-that-is-not-there is not on PATH" in line


def test_a_python_without_venv_is_named_where_there_is_no_uv(checkout: Checkout) -> None:
    write_program(checkout.programs / "uv", "exit 2")  # as one that is too old
    write_program(
        checkout.programs / "python3",
        'case "$1" in -m) exit 1 ;; --version) echo Python 3.12.1 ;; esac',
    )
    done = checkout.run("scripts/setup", "run")
    assert done.returncode == 2
    assert "python3-venv" in done.stderr.splitlines()[-1]


def test_help_names_every_target_that_a_user_may_call(checkout: Checkout) -> None:
    phony = next(
        line for line in (checkout.root / "Makefile").read_text().splitlines() if "PHONY" in line
    )
    done = checkout.run("make")
    listed = {line.split()[0] for line in done.stdout.splitlines()[1:]}
    assert listed == set(phony.removeprefix(".PHONY:").split())
    assert checkout.calls() == []
