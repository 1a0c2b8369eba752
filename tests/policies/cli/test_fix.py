"""`apex fix`: what it writes is taken by git, and the findings are gone afterwards."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.policies.judged import SOON, VIRTUALENV, Apex, judged
from tests.policies.sources.offline.launchers.nodejs.packages import installed
from tests.policies.sources.offline.launchers.shop import (
    GoPrograms,
    go_programs,
    shop,
    with_host,
    yaml_host,
)

__all__ = ["go_programs", "yaml_host"]

LABELS = "labels-required-keys"
SETTINGS = f"""
rules:
  {LABELS}:
    level: mandatory
    parameters: {{keys: [owner], values: {{owner: platform}}}}
"""
OF_THE_SHOP = {
    LABELS,
    "sql-deletion-protection-api",
    "storage-public-access-prevention",
    "storage-uniform-access",
}
BUCKET = """
import pulumi_gcp as gcp

gcp.storage.Bucket("data", location="EU"{})
"""


def git(folder: Path, *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def repository(folder: Path) -> Path:
    git(folder, "init", "-q")
    return folder


def found(apex: Apex, program: Path, **environment: str) -> set[tuple[str, str]]:
    """The rules that fail, with the resource."""
    outcome = apex.preview(program, "--format", "json", **environment)
    told = json.loads(outcome.out)
    assert told["program_errors"] == []
    return {
        (item["rule"], item["urn"].rpartition("::")[2])
        for item in told["findings"]
        if item["outcome"] == "fails"
    }


def mended(apex: Apex, program: Path, environment: Mapping[str, str]) -> set[str]:
    """Applies the diff, and says of which rules findings are gone; none may have come."""
    (program / "policy-pack.yaml").write_text(SETTINGS)
    repository(program.parent)
    before = found(apex, program, **environment)
    fix = apex(program, "fix", **environment)
    assert fix.code == 0, fix.said
    git(program.parent, "apply", given=fix.out)
    after = found(apex, program, **environment)
    assert after < before
    again = apex(program, "fix", **environment)
    assert again.out == ""
    assert "apex: nothing to change\n" in again.err
    return {rule for rule, _ in before - after}


def python() -> dict[str, str]:
    return {"PATH": f"{VIRTUALENV}/bin:{os.environ['PATH']}"}


def test_a_python_program(apex: Apex, tmp_path: Path) -> None:
    assert mended(apex, shop(tmp_path / "shop", "python"), python()) == OF_THE_SHOP


def test_a_yaml_program(apex: Apex, tmp_path: Path, yaml_host: Path) -> None:
    assert mended(apex, shop(tmp_path / "shop", "yaml"), with_host(yaml_host)) == OF_THE_SHOP


def test_a_typescript_program_of_several_files(apex: Apex, tmp_path: Path) -> None:
    program = shop(tmp_path / "shop", "typescript")
    (program / "node_modules").symlink_to(installed())

    assert mended(apex, program, {}) == OF_THE_SHOP
    assert "deletionProtectionEnabled: true" in (program / "orders/database.ts").read_text()


def test_a_go_program_of_several_packages(
    apex: Apex, tmp_path: Path, go_programs: GoPrograms
) -> None:
    program = shop(tmp_path / "shop", "go")

    assert mended(apex, program, go_programs.variables()) == OF_THE_SHOP
    assert (
        "DeletionProtectionEnabled: pulumi.Bool(true)"
        in (program / "orders/database.go").read_text()
    )


def test_the_files_are_changed_when_asked(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "shop", BUCKET.format(", uniform_bucket_level_access=False"))
    source = program / "__main__.py"

    shown = apex(program, "fix", "--only", "storage-uniform-access")
    assert shown.code == 0
    assert "+gcp.storage.Bucket(" in shown.out
    assert "False" in source.read_text()

    run = apex.writing(program, "fix", "--write", "--only", "storage-uniform-access")
    run.expect(0, "apex: 1 finding mended in 1 file", "apex: changed __main__.py")
    assert run.out == ""
    assert 'Bucket("data", location="EU", uniform_bucket_level_access=True)' in source.read_text()


def test_what_is_not_certain_is_left_to_people(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path / "shop",
        """
        import pulumi_gcp as gcp

        COMMON = {"location": "EU"}
        UNIFORM = False
        gcp.storage.Bucket("spread", **COMMON)
        gcp.storage.Bucket("named", location="EU", uniform_bucket_level_access=UNIFORM)
        """,
    )
    run = apex(program, "fix", "--only", "storage-uniform-access")

    run.expect(
        0,
        "apex: by hand: __main__.py:6: gcp:storage/bucket:Bucket spread: a part of what it is "
        "given comes from elsewhere; storage-uniform-access: Set uniform_bucket_level_access=True.",
        "apex: by hand: __main__.py:7: gcp:storage/bucket:Bucket named: uniformBucketLevelAccess "
        "is no literal;",
        "apex: nothing to change, 2 findings to be mended by hand",
    )
    assert run.out == ""


def test_what_somebody_answers_for_stays(apex: Apex, tmp_path: Path) -> None:
    waiver = (
        "waivers: [{policy: storage-uniform-access, resource: data, owner: team-data, expires: "
        f"{SOON}, reason: A partner needs the lists of single objects until the move is done.}}]\n"
    )
    program = judged(tmp_path / "shop", BUCKET.format(""), files={"policy-pack.yaml": waiver})

    run = apex(program, "fix")

    assert "uniform_bucket_level_access" not in run.out
    assert 'public_access_prevention="enforced"' in run.out


def test_what_stops_a_machine_is_said(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path / "shop",
        """
        import pulumi_gcp as gcp

        gcp.compute.Instance(
            "vm",
            machine_type="e2-small",
            boot_disk={"initialize_params": {"image": "debian-cloud/debian-12"}},
            network_interfaces=[{"network": "n"}],
            shielded_instance_config={"enable_vtpm": False},
        )
        """,
    )
    run = apex(program, "fix", "--only", "compute-shielded-vtpm")

    run.expect(0, "apex: compute-shielded-vtpm: the VM must be stopped for it")
    assert '+    shielded_instance_config={"enable_vtpm": True},' in run.out


def test_a_program_that_fails_is_not_changed(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "shop", BUCKET.format("") + "\nraise ValueError('no')\n")

    apex(program, "fix", "--write").expect(3, "the program failed, so nothing is changed")


def test_a_rule_that_there_is_not(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "shop", BUCKET.format(""))

    apex(program, "fix", "--only", "storage-uniform").expect_only(2, "storage-uniform")


def test_what_a_package_makes_is_not_changed(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path / "shop",
        "import sys\nsys.path.insert(0, 'vendor')\nimport made\n",
        files={"vendor/made.py": BUCKET.format("")},
    )
    run = apex(program, "fix", "--only", "storage-uniform-access")

    assert run.out == ""
    # The line in the program that leads there is all that is known.
    assert "__main__.py:3: gcp:storage/bucket:Bucket data: it is not certain which call" in run.err


def test_a_link_is_not_written_through(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "shop", BUCKET.format(""))
    source = program / "__main__.py"
    source.rename(program / "real.py")
    source.symlink_to("real.py")

    run = apex(program, "fix", "--write", "--only", "storage-uniform-access")

    run.expect(2, "__main__.py: cannot be written: it is a link")


def test_sarif_has_the_same_change(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path / "shop",
        'import pulumi_gcp as gcp\n"ü"; gcp.storage.Bucket("d", location="EU", '
        "public_access_prevention='inherited')\n",
    )
    repository(program)
    told = json.loads(apex.preview(program, "--format", "sarif").out)
    [result] = [
        item
        for item in told["runs"][0]["results"]
        if item["ruleId"] == "storage-public-access-prevention"
    ]

    [fix] = result["fixes"]
    assert fix["description"]["text"] == 'Set public_access_prevention="enforced".'
    [change] = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "__main__.py", "uriBaseId": "%SRCROOT%"}
    [replacement] = change["replacements"]
    line = (program / "__main__.py").read_text().splitlines()[1]
    start = line.index("'inherited'") + 1
    assert replacement == {
        "deletedRegion": {
            "startLine": 2,
            "startColumn": start,
            "endLine": 2,
            "endColumn": start + len("'inherited'"),
        },
        "insertedContent": {"text": '"enforced"'},
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_the_ends_of_lines_stay(apex: Apex, tmp_path: Path, ending: str) -> None:
    text = 'import pulumi_gcp as gcp\ngcp.storage.Bucket(\n    "data",\n    location="EU",\n)'
    program = judged(tmp_path / "shop", "")
    source = program / "__main__.py"
    line_end = ending or "\n"
    source.write_bytes((text.replace("\n", line_end) + ending).encode())
    repository(program)

    run = apex(program, "fix", "--only", "storage-uniform-access")
    git(program, "apply", given=run.out)

    expected = text.replace('"EU",\n', '"EU",\n    uniform_bucket_level_access=True,\n').replace(
        "\n", line_end
    )
    assert source.read_bytes() == (expected + ending).encode()
