"""What the workflows may do, that what they call is there, and that they leave no stack out."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.ci.guarded import GUARDED, guarded
from tests.tooling.conftest import ROOT

FILES = [*sorted((ROOT / ".github/workflows").glob("*.yml")), ROOT / "action.yml"]
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in FILES[:-1]}
STACKS = {path.suffixes[0][1:] for path in ROOT.glob("Pulumi.*.yaml")}


RELEASE: list[dict[str, str]] = [
    {"contents": "read"},
    {"id-token": "write", "attestations": "write"},
    {"contents": "read", "id-token": "write"},
    {"contents": "write"},
]
"""What the jobs of release.yml may: none both runs the build and may publish."""


def jobs(*names: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in names or WORKFLOWS:
        for job in WORKFLOWS[name]["jobs"].values():
            yield name, job


def steps(*names: str) -> Iterator[dict[str, Any]]:
    for _, job in jobs(*names):
        yield from job.get("steps", [])


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_and_says_its_version(file: Path) -> None:
    for use in re.findall(r"uses: (.*)", file.read_text()):
        if use.startswith("./"):
            assert (ROOT / use).is_file()
        else:
            assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use)


def test_every_step_calls_a_script_or_target_that_is_there() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    commands = [step["run"] for step in [*steps(), *action] if "run" in step]
    assert len(commands) > 10
    called = 0
    for command in commands:
        words = command.replace('"', "").replace("'", "").split()
        for word in words:
            script = re.sub(r"^(base|\$GITHUB_ACTION_PATH)/", "", word)
            if script.startswith("scripts/"):
                assert (ROOT / script).stat().st_mode & 0o100, script
                called += 1
            if word.startswith("scripts.ci."):
                assert (ROOT / f"{word.replace('.', '/')}.py").is_file()
                called += 1
        if "make" in words:
            target = words[-1]
            known = subprocess.run(["make", "--question", target], cwd=ROOT, check=False)
            # 0 and 1: made or to be made; 2: there is no rule for it.
            assert known.returncode in {0, 1}, target
            called += 1
    assert called >= len(commands)


def test_no_expression_becomes_a_part_of_a_script() -> None:
    assert not [step["run"] for step in steps() if "${{" in step.get("run", "")]


def test_no_workflow_may_anything_that_its_job_does_not_ask_for() -> None:
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] == {}, name
    for name, job in jobs():
        wanted = {"contents": "read"}
        if name == "release":
            assert job["permissions"] in RELEASE, name
            continue
        if name == "comment":
            wanted |= {"actions": "read", "pull-requests": "write"}
        elif name == "stack" or job.get("uses") == "./.github/workflows/stack.yml":
            wanted |= {"id-token": "write"}
        assert job["permissions"] == wanted, name


def test_no_credential_is_kept_or_left_behind() -> None:
    for file in FILES:
        text = file.read_text()
        assert "secrets." not in text
        assert "secrets: inherit" not in text
        assert ("github.token" in text) is (file.stem in {"comment", "release"})
    checkouts = [step for step in steps() if "actions/checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_may_write_sees_nothing_of_the_pull_request() -> None:
    comment = WORKFLOWS["comment"]
    assert set(comment[True]) == {"workflow_run"}  # YAML reads `on` as true
    checkout, post = steps("comment")
    assert set(checkout["with"]) == {"persist-credentials"}
    assert post["run"] == "python3 -m scripts.ci.comment"


def test_the_comment_needs_nothing_installed() -> None:
    code = "import sys, scripts.ci.comment; print(*sys.modules)"
    [_, post] = steps("comment")
    path = f"{ROOT}:{ROOT / post['env']['PYTHONPATH']}"
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    roots = {name.partition(".")[0] for name in done.stdout.split()}
    assert roots - {"__main__", "scripts", "apex_guardrails"} <= set(sys.stdlib_module_names)


def test_a_forks_code_never_meets_an_identity() -> None:
    triggers = {name: set(workflow[True]) for name, workflow in WORKFLOWS.items()}
    assert not [name for name, on in triggers.items() if "pull_request_target" in on]
    for name in (name for name, on in triggers.items() if "pull_request" in on):
        for _, job in jobs(name):
            if "id-token" in job["permissions"]:
                own = "github.event.pull_request.head.repo.id == github.event.repository.id"
                assert own in job["if"]


def test_no_preview_before_lint_and_tests_pass() -> None:
    workflow = WORKFLOWS["policy"]
    checks = workflow["jobs"]["lint-and-policy-tests"]
    run = [step["run"] for step in checks["steps"] if "run" in step]
    assert run == ["make lint", "make mutation", "make test"]
    preview = workflow["jobs"]["preview"]
    assert preview["needs"] == "lint-and-policy-tests"
    assert "if" not in preview


def test_the_judge_is_the_bases_and_the_judged_the_pull_requests() -> None:
    base, head, *rest = WORKFLOWS["policy"]["jobs"]["preview"]["steps"]
    assert base["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert base["with"]["path"] == "base"
    assert "ref" not in head["with"]
    run = [step["run"] for step in rest if "run" in step]
    assert run[-1].startswith("base/scripts/ci/verdict base head ")
    assert not [command for command in run if command.startswith("head/")]


def test_every_stack_is_previewed_here_and_in_ci_run() -> None:
    for name, job in (("policy", "preview"), ("preview", "preview"), ("nightly", "drift")):
        assert set(WORKFLOWS[name]["jobs"][job]["strategy"]["matrix"]["stack"]) == STACKS

    lines = (ROOT / ".ci/run").read_text().splitlines()
    previews = [line for line in lines if line.startswith("make preview")]
    assert {line.partition("STACK=")[2] or "dev" for line in previews} == STACKS


def test_stacks_are_deployed_one_after_the_other_each_in_its_environment() -> None:
    stages = WORKFLOWS["deploy"]["jobs"]
    order = ["dev"]
    for name in ("staging", "production"):
        order += [f"{name}-preview", f"{name}-candidate", name]
        # What is approved was previewed, and then tested before anybody is sent to it.
        preview, candidate, release = (stages[it]["with"] for it in order[-3:])
        assert preview == {"stack": name, "action": "preview", "environment": f"{name}-preview"}
        assert candidate == {"stack": name, "action": "candidate", "environment": name}
        assert release == {"stack": name, "action": "release", "environment": name}
    assert stages["dev"]["with"] == {"stack": "dev", "action": "deploy", "environment": "dev"}
    assert {stages[it]["with"]["stack"] for it in order} == STACKS
    assert list(stages) == order
    for before, after in pairwise(order):
        assert stages[after]["needs"] == before
    group = WORKFLOWS["stack"]["jobs"]["stack"]["concurrency"]
    assert group["cancel-in-progress"] is False


def test_code_owners_own_all_that_a_verdict_rests_on() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text().splitlines()
    owned = {line.split()[0] for line in lines if line and line[0] != "#"}
    assert owned == {f"/{item}" for item in GUARDED}


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("policies/apex_guardrails/decide.py", True),
        ("policy-pack.yaml", True),
        (".github/workflows/comment.yml", True),
        ("policies.py", False),
        ("infra/policies/a.py", False),
        ("policy-pack.yaml.txt", False),
    ],
)
def test_guarded_is_what_is_named_and_what_is_in_its_folders(path: str, *, counts: bool) -> None:
    assert guarded([path]) == ([path] if counts else [])


def test_a_release_is_built_by_who_may_nothing_and_published_as_it_is() -> None:
    release = WORKFLOWS["release"]
    assert set(release[True]) == {"workflow_dispatch"}
    stages = release["jobs"]
    assert stages["build"]["if"] == "github.ref == 'refs/heads/main'"
    assert [job["permissions"] for job in stages.values()] == RELEASE
    for before, after in pairwise(stages):
        assert stages[after]["needs"] == before
    for name in ("attest", "pypi", "github"):
        run = [step["run"] for step in stages[name]["steps"] if "run" in step]
        assert all(command.startswith("scripts/ci/publish ") for command in run)
    assert stages["pypi"]["environment"] == "pypi"
