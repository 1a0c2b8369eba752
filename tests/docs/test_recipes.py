"""The recipes of docs/ci.md: each is run as its CI would, against a host on this machine."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from apex_guardrails.pack.about import pack_info
from tests.docs.pages import ROOT, blocks, is_recipe
from tests.policies.comments.hosts import ALL, OURS, TOKEN, serving

# Whole commands: what they run is covered by the tests of what it is about.
pytestmark = pytest.mark.no_cover

PIP = '#!/bin/sh\necho "$@" >>"$PIP_LOG"\n'
PYTHON = """#!/bin/sh
# As the real one in an image: makes an environment, in which pip brings apex.
[ "$1 $2" = "-m venv" ] || exit 9
mkdir -p "$3/bin" && cp "$(dirname "$0")"/pip "$(dirname "$0")"/apex "$3/bin"
"""
VERDICT = 1
"""What `apex preview` says of the shop."""


@dataclass
class Steps:
    """What a job runs.

    Attributes:
        first: commands, each only if those before succeed.
        always: commands that are run whatever these end with.
        variables: what the recipe itself sets for them.
        options: those of bash.
        files: what it keeps or publishes.
    """

    first: list[str]
    always: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    options: str = "-ec"
    files: list[str] = field(default_factory=list)


def _github(job: Any) -> Steps:
    [only] = job["jobs"].values()
    assert job["permissions"] == {}
    assert only["permissions"]["pull-requests"] == "write"
    first = [step["run"] for step in only["steps"] if "run" in step and "if" not in step]
    [comment] = [step for step in only["steps"] if "if" in step]
    assert comment["if"] == "${{ !cancelled() }}"
    assert comment["env"] == {"GITHUB_TOKEN": "${{ github.token }}"}
    return Steps(first, [comment["run"]])


def _gitlab(job: Any) -> Steps:
    [only] = job.values()
    kept = [*only["artifacts"]["paths"], *only["artifacts"]["reports"].values()]
    return Steps(only["script"], only["after_script"], files=kept)


def _azure(job: Any) -> Steps:
    first = [step["script"] for step in job["steps"] if "script" in step and "env" not in step]
    *_, comment, publish = job["steps"]
    assert comment["condition"] == publish["condition"] == "succeededOrFailed()"
    assert comment["env"] == {"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)"}
    return Steps(first, [comment["script"]], files=[publish["inputs"]["testResultsFiles"]])


def _bitbucket(job: Any) -> Steps:
    [[item]] = job["pipelines"]["pull-requests"].values()
    step = item["step"]
    return Steps(step["script"], step["after-script"], files=[step["artifacts"][0]])


def _jenkins(text: str) -> Steps:
    body, always = text.split("always {")
    kept = re.findall(r"(?:junit|archiveArtifacts) '(.*)'", always)
    *_, comment = re.findall(r"sh '(.*)'", always)
    assert text.count("{") == text.count("}")
    return Steps(re.findall(r"sh '(.*)'", body), [comment], {"CHANGE_ID": "7"}, files=kept)


def _cloud_build(job: Any) -> Steps:
    judging, step = job["steps"]
    for each in (judging, step):
        assert each["entrypoint"] == "bash"
        assert each["args"][0] == "-c"
    assert judging.keys() == {"name", "entrypoint", "args"}
    [secret] = job["availableSecrets"]["secretManager"]
    assert step["secretEnv"] == [secret["env"]] == ["GITHUB_TOKEN"]
    # As Cloud Build substitutes: its own variables, and `$$` for a dollar sign.
    told = {"REPO_FULL_NAME": "us/shop", "_PR_NUMBER": "7"}
    variables = dict(line.split("=", 1) for line in step["env"])
    for name, value in variables.items():
        variables[name] = re.sub(r"\$(\w+)", lambda found: told[found[1]], value)
    commands = [each["args"][1].replace("$$", "$") for each in (judging, step)]
    return Steps(commands, variables=variables, options="-c")


RECIPES: dict[str, tuple[str, Callable[[Any], Steps]]] = {
    "GitHub": ("github", _github),
    "GitLab": ("gitlab", _gitlab),
    "Azure DevOps": ("azure", _azure),
    "Bitbucket": ("bitbucket", _bitbucket),
    "Jenkins": ("github", _jenkins),
    "Cloud Build": ("github", _cloud_build),
}
"""By the title of its section: where it comments, and what it runs."""


@cache
def recipes() -> dict[str, str]:
    """Each recipe's text."""
    lines = (ROOT / "docs/ci.md").read_text("utf-8").splitlines()
    found = {}
    for block in blocks("docs/ci.md"):
        if is_recipe(block):
            above = lines[: block.line - 1]
            title = next(line for line in reversed(above) if line.startswith("###"))
            found[title.removeprefix("### ")] = block.text
    return found


def steps_of(name: str) -> Steps:
    text = recipes()[name]
    return RECIPES[name][1](text if name == "Jenkins" else yaml.safe_load(text))


def test_each_recipe_is_tested() -> None:
    assert list(recipes()) == list(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_judges_and_comments(name: str, shop: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for file, text in (("pip", PIP), ("python", PYTHON)):
        (programs / file).write_text(text)
        (programs / file).chmod(0o755)
    (programs / "apex").symlink_to(Path(sys.executable).with_name("apex"))
    to, _ = RECIPES[name]
    steps = steps_of(name)
    with serving(ALL[to]()) as host:
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "PIP_LOG": str(tmp_path / "pip.log"),
            **host.variables(),
            **steps.variables,
        }

        def run(command: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["bash", steps.options, command],
                cwd=shop,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )

        for kept_by in range(2):
            for command in steps.first[:-1]:
                assert run(command).returncode == 0, command
            done = run(steps.first[-1])
            assert done.returncode == VERDICT, done.stdout + done.stderr
            for command in steps.always:
                done = run(command)
                assert done.returncode == 0, done.stderr
            assert TOKEN not in done.stdout + done.stderr
            [(by, text)] = host.texts.values()
            assert by == OURS
            assert "`production` may not be deployed" in text
            assert len(host.written()) == kept_by + 1
    installed = (tmp_path / "pip.log").read_text().splitlines()
    assert set(installed) == {f"install apex-guardrails=={pack_info()['version']}"}
    for file in steps.files:
        assert list(shop.glob(file)), file


@pytest.mark.parametrize("name", RECIPES)
def test_a_step_that_runs_the_program_has_no_token_where_steps_have_their_own(name: str) -> None:
    commands = steps_of(name).first
    assert not [command for command in commands if "TOKEN" in command and "preview" in command]
    assert all(shlex.split(command) for command in commands)
