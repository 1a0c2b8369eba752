"""The exported plan before the real conftest, with the policy that docs/checkov.md shows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from apex_guardrails.runs.preview import export_offline
from tests.policies.checkov.table import PAGE

ROOT = Path(__file__).parents[3]
TIMEOUT_SECONDS = 120

DELETABLE = """
package main

deny contains msg if {
    some change in input.resource_changes
    change.type == "google_sql_database_instance"
    not change.change.after.deletion_protection
    msg := sprintf("%s can be deleted", [change.address])
}
"""


def test_it_is_built_from_what_go_mod_names() -> None:
    script = (ROOT / "scripts/conftest").read_text("utf-8")
    [version] = re.findall(r"^version=(.*)$", script, re.MULTILINE)
    module = (ROOT / "tests/rego/go.mod").read_text("utf-8")
    assert f"require github.com/open-policy-agent/conftest v{version}\n" in module
    assert f"(tried with {version})" in PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def conftest() -> Path:
    """Conftest: what $APEX_CONFTEST names, else that in .tools. It takes a minute to build."""
    if named := os.environ.get("APEX_CONFTEST"):
        return Path(named)
    script = ROOT / "scripts/conftest"
    found = subprocess.run([script, "--no-build"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.skip(f"no conftest: {found.stderr.strip()}")
    return Path(found.stdout.strip())


def judged(conftest: Path, folder: Path, plan: str, policy: str) -> tuple[int, str]:
    """The exit code and what is said."""
    (folder / "policy.rego").write_text(policy)
    done = subprocess.run(
        [conftest, "test", "--no-color", "--policy", folder / "policy.rego", "-"],
        input=plan,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    return done.returncode, done.stdout + done.stderr


def test_conftest_reads_the_plan_of_our_stack(conftest: Path, tmp_path: Path) -> None:
    plan = export_offline(ROOT, "dev", None, TIMEOUT_SECONDS).text()
    [shown] = re.findall(r"```rego\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

    assert judged(conftest, tmp_path, plan, shown) == (
        0,
        "\n1 test, 1 passed, 0 warnings, 0 failures, 0 exceptions\n",
    )
    opened = plan.replace('"ipv4_enabled": false', '"ipv4_enabled": true')
    code, said = judged(conftest, tmp_path, opened, shown)
    assert (code, "google_sql_database_instance.postgres has a public address" in said) == (1, True)
    code, said = judged(conftest, tmp_path, plan, DELETABLE)
    assert (code, "google_sql_database_instance.postgres can be deleted" in said) == (1, True)
