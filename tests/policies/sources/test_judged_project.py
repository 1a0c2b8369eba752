"""The judged project is found by its name, and no other one is taken for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from apex_guardrails.sources.judged_project import judged_project

ASK = """
import json, subprocess, sys
if sys.argv[1] == "parent":
    subprocess.run([sys.executable, __file__, "child", *sys.argv[2:]], cwd="/", check=True)
else:
    from apex_guardrails.sources.judged_project import judged_project
    print(json.dumps([str(judged_project(name, {})) for name in sys.argv[2:]]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "below").mkdir(parents=True)
    (project / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    return project


def test_it_is_where_a_process_above_works(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "ask.py"
    script.write_text(ASK)
    # As the CLI starts the pack: it works in the project, the pack elsewhere.
    asked = subprocess.run(
        [sys.executable, str(script), "parent", "mine", "another"],
        cwd=project / "below",
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(asked.stdout) == [str(project), "None"]


def test_the_shell_s_folder_is_the_last_resort(project: Path) -> None:
    assert judged_project("mine", {"PWD": str(project)}) == project
    assert judged_project("another", {"PWD": str(project)}) is None
    assert judged_project("mine", {}) is None


@pytest.mark.parametrize("content", ["", "- a\n", "name: [mine]\n", "name: mine\nname: mine\n"])
def test_a_file_that_says_no_name_is_passed_over(project: Path, content: str) -> None:
    (project / "Pulumi.yaml").write_text(content)
    assert judged_project("mine", {"PWD": str(project)}) is None
