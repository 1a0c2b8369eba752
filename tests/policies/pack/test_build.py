"""`apex pack build`: a folder for `pulumi policy publish`, or to be copied."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import apex_guardrails
from apex_guardrails.pack import about
from apex_guardrails.pack.folder import build
from apex_guardrails.support.errors import PackError, UsageError
from tests.policies.judged import Apex, apex

__all__ = ["apex"]


def test_the_folder_names_what_the_engine_needs_to_start_it(apex: Apex, tmp_path: Path) -> None:
    apex.writing(tmp_path, "pack", "build", "guard").expect(
        0, "guard: written", "pulumi policy publish"
    )

    manifest = yaml.safe_load((tmp_path / "guard" / "PulumiPolicy.yaml").read_text())
    assert manifest["runtime"] == {
        "name": "python",
        "options": {"toolchain": "pip", "virtualenv": "venv"},
    }
    requirements = (tmp_path / "guard" / "requirements.txt").read_text()
    assert "pulumi-policy==" in requirements
    assert "--hash=sha256:" in requirements
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".apex")) == []


@pytest.mark.parametrize("is_folder", [True, False])
def test_what_is_there_is_left_as_it_is(apex: Apex, tmp_path: Path, *, is_folder: bool) -> None:
    there = tmp_path / "guard"
    if is_folder:
        there.mkdir()
        there /= "mine.txt"
    there.write_text("mine")

    apex(tmp_path, "pack", "build", "guard").expect_only(2, "guard: is there already")

    assert there.read_text() == "mine"


def test_an_empty_folder_is_filled(apex: Apex, tmp_path: Path) -> None:
    (tmp_path / "guard").mkdir()
    apex.writing(tmp_path, "pack", "build", "guard").expect(0)
    assert (tmp_path / "guard" / "__main__.py").is_file()


def test_a_place_that_cannot_be_written_is_named(apex: Apex, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    apex(tmp_path, "pack", "build", "file/guard").expect_only(2, "file/guard: cannot be written")


def test_the_package_is_not_copied_into_itself() -> None:
    with pytest.raises(UsageError, match="inside the package"):
        build(Path(apex_guardrails.__file__).parent / "guard")


def test_an_installation_that_lacks_a_file_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about, "PACK_FILE", Path("nowhere/PulumiPolicy.yaml"))
    with pytest.raises(PackError, match=r"lacks guide\.md: install the package again"):
        about.beside("guide.md")
