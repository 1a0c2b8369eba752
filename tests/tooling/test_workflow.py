"""What the pull request workflow may do, and that it leaves no stack out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.tooling.conftest import ROOT

TEXT = (ROOT / ".github/workflows/policy.yml").read_text()


@pytest.fixture
def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(TEXT)
    return loaded


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


def test_every_action_is_pinned_by_commit_and_says_its_version() -> None:
    used = re.findall(r"uses: (.*)", TEXT)
    assert used
    for use in used:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use)


def test_the_jobs_may_read_and_nothing_else(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}


def test_no_credential_is_used_or_left_behind(workflow: dict[str, Any]) -> None:
    assert "secrets." not in TEXT
    assert "github.token" not in TEXT
    checkouts = [step for step in steps(workflow) if "actions/checkout" in step.get("uses", "")]
    assert len(checkouts) == len(workflow["jobs"])
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_preview_before_lint_and_tests_pass(workflow: dict[str, Any]) -> None:
    checks = workflow["jobs"]["lint-and-policy-tests"]
    run = [step["run"] for step in checks["steps"] if "run" in step]
    assert run == ["make lint", "make mutation", "make test"]
    preview = workflow["jobs"]["preview"]
    assert preview["needs"] == "lint-and-policy-tests"
    assert "if" not in preview


def test_every_stack_is_previewed_here_and_in_ci_run(workflow: dict[str, Any]) -> None:
    stacks = {path.suffixes[0][1:] for path in ROOT.glob("Pulumi.*.yaml")}
    assert set(workflow["jobs"]["preview"]["strategy"]["matrix"]["stack"]) == stacks

    lines = (ROOT / ".ci/run").read_text().splitlines()
    previews = [line for line in lines if line.startswith("make preview")]
    assert {line.partition("STACK=")[2] or "dev" for line in previews} == stacks
