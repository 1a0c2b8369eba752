"""`apex doctor`: what is there, what is missing, and what brings it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.policies.judged import VIRTUALENV, Apex, judged, project_file, write


def test_a_program_that_can_be_run_is_said_to(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "program", files={"requirements.txt": "pulumi>=3,<4\n# no more\n"})
    tools = write(tmp_path / "tools", {"go": "#!/bin/sh\necho go version go1.99.1 linux\n"})
    host = tools / "pulumi-language-shell"
    host.write_text("#!/bin/sh\n")
    for tool in (tools / "go", host):
        tool.chmod(0o755)
    path = f"{tools}{os.pathsep}{VIRTUALENV}/bin{os.pathsep}{os.defpath}"
    apex(program, "doctor", PATH=path).expect(
        0,
        "this machine:",
        f"1.99.1, {tools}/go",
        f"host of shell  {host}",
        f"judged, python, in {program}:",
        f"in {VIRTUALENV}/bin/python",
        "ok       the Pulumi SDK: pulumi 3.",
        "it can be run: apex preview",
    )


def test_settings_that_no_run_would_take_are_named(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, files={"policy-pack.yaml": "own_rules: [./nope]\n"})
    outcome = apex(program, "doctor").expect(
        2,
        "wrong    settings: ",
        "policy-pack.yaml:1: own_rules.0: ",
        "it cannot be run yet: mend the settings",
    )
    assert "it can be run" not in outcome.out


def test_what_is_missing_is_named_with_the_command_that_brings_it(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(tmp_path, files={"Pulumi.yaml": project_file(virtualenv="venv")})
    write(program, {"requirements.txt": "pulumi\nother.package [a]>=1\nwindows; os_name == 'nt'\n"})
    outcome = apex(program, "doctor").expect(2, "missing", f"environment {program}/venv: cd ")
    outcome.expect(2, "-m venv", "it cannot be run yet; `apex preview --install` runs these")
    empty = program / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty], check=True)
    outcome = apex(program, "doctor")
    outcome.expect(2, f"in {empty}/bin/python", "missing  the Pulumi SDK: cd", "-m pip install -r")
    outcome.expect(2, "missing  the package other-package: cd ")
    assert "windows" not in outcome.out
    (empty / "bin/python").unlink()
    (empty / "bin/python").write_text("no program\n")
    apex(program, "doctor").expect(2, "a Python that works", "cannot be run; make it again")


def test_a_tool_that_cannot_be_run_is_said_to(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "program")
    tools = write(tmp_path / "tools", {"go": "no program", "pulumi": "#!/bin/sh\necho dev\n"})
    for tool in tools.iterdir():
        tool.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.defpath}"
    outcome = apex(program, "doctor", PATH=path)
    outcome.expect(0, f"{tools}/go, which cannot be run", f"Pulumi CLI  {tools}/pulumi\n")


def test_a_language_that_nothing_runs_and_a_folder_without_program(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(tmp_path, files={"Pulumi.yaml": "name: j\nruntime: cobol\n"})
    apex(program, "doctor").expect(2, "missing  pulumi-language-cobol: ", "cannot be run yet\n")
    (program / "Pulumi.yaml").write_text(
        "name: j\nruntime: {name: python, options: {toolchain: x}}"
    )
    apex(program, "doctor").expect(2, "missing  a valid Pulumi.yaml", "toolchain: expected pip")
    (program / "Pulumi.yaml").unlink()
    apex(program, "doctor").expect(2, "this machine:", "there is no Pulumi.yaml")
    apex(program, "doctor", "--program", "none").expect(
        2, "--program none: there is no such folder"
    )


def test_all_programs_below_a_folder_are_examined(apex: Apex, tmp_path: Path) -> None:
    good = judged(tmp_path / "good")
    apex(tmp_path, "doctor").expect(0, f"in {good}:")
    bad = judged(tmp_path / "sub/bad", files={"Pulumi.yaml": project_file(virtualenv="venv")})
    apex(tmp_path, "doctor").expect(2, f"in {good}:", "it can be run", f"in {bad}:", "missing")
