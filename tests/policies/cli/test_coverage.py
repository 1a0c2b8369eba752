"""`apex policies coverage`: what it prints for a program and without one, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import apex_guardrails.controls
import apex_guardrails.runs.preview
from apex_guardrails.controls import Peer, PeerCheck, frameworks
from apex_guardrails.model import Resource, Violation
from apex_guardrails.rules import all_rules
from tests.policies.judged import RAW, SOON, Apex, Outcome, judged

OPEN = (
    RAW
    + """
    Raw("open", "gcp:compute/firewall:Firewall", {
        "network": "vpc",
        "allows": [{"protocol": "tcp", "ports": ["22"]}],
        "sourceRanges": ["0.0.0.0/0"],
    })
"""
)
WAIVED = """
    rules:
      firewall-rdp-not-public: disabled
    waivers:
      - policy: firewall-ssh-not-public
        resource: open
        reason: It is a test.
        owner: team
        expires: SOON
""".replace("SOON", SOON)


def coverage(apex: Apex, folder: Path, *arguments: str) -> Outcome:
    return apex(folder, "policies", "coverage", "--framework", "cis-gcp-4.0", *arguments)


def in_json(outcome: Outcome) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(outcome.out)
    return content


def by_number(outcome: Outcome) -> dict[str, str]:
    [framework] = in_json(outcome)["frameworks"]
    assert framework["id"] == "cis-gcp-4.0"
    return {item["id"].partition(":")[2]: item["result"] for item in framework["controls"]}


def test_a_budget_does_not_make_the_command_fail(apex: Apex, tmp_path: Path) -> None:
    disk = RAW + '\n    Raw("d", "gcp:compute/disk:Disk", {"size": 9, "zone": "us-central1-a"})\n'
    program = judged(tmp_path, disk, files={"policy-pack.yaml": "cost: {budget: 0}"})
    coverage(apex, program).expect(0)
    apex.preview(program).expect(5)


def test_a_run_says_of_each_control_what_its_rules_say(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, OPEN)
    # What the rules say of the program does not make the command fail.
    found = by_number(coverage(apex, program, "--format", "json").expect(0))
    assert found["3.6"] == "fails"
    assert found["3.7"] == "passes"
    assert found["6.6"] == "not applicable"
    assert found["1.2"] == "cannot be seen"
    assert len(found) == 84
    coverage(apex, program).expect(
        0,
        "judged, stack dev\n",
        "settings: the pack's defaults\n",
        "fails: firewall-ssh-not-public (1)",
        "cis-gcp-4.0: 84 controls: fails 1, passes 3, ",
    )


def test_settings_count(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path / "a", OPEN, files={"given.yaml": WAIVED})
    arguments = ("--program", "a", "--settings", "a/given.yaml", "--format", "json")
    outcome = coverage(apex, tmp_path, *arguments).expect(0)
    found = by_number(outcome)
    assert (found["3.6"], found["3.7"]) == ("waived", "disabled")
    assert in_json(outcome)["run"]["complete"] is True
    assert (program / "given.yaml").is_file()


def test_without_a_run_no_program_is_needed(apex: Apex, tmp_path: Path) -> None:
    outcome = apex(tmp_path, "policies", "coverage", "--no-run", "--format", "json").expect(0)
    content = in_json(outcome)
    assert content["run"] is None
    assert [item["id"] for item in content["frameworks"]] == list(frameworks())
    results = {item["result"] for found in content["frameworks"] for item in found["controls"]}
    assert results <= {"not run", "no rule yet", "cannot be seen"}
    text = apex(tmp_path, "policies", "coverage", "--no-run").expect(
        0, "No program was run", "not run: sql-no-public-ip", "hipaa: 70 controls: "
    )
    assert "…" not in text.out


def test_a_missing_program_is_never_taken_for_none(apex: Apex, tmp_path: Path) -> None:
    coverage(apex, tmp_path).expect_only(2, "Pulumi.yaml")
    coverage(apex, tmp_path, "--program", "none").expect_only(2, "--program none")
    coverage(apex, judged(tmp_path), "--stack", "none").expect_only(2, "none")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cis-gcp-4", 'cis-gcp-4: there is no such framework, did you mean "cis-gcp-4.0"?'),
        (
            "checkov",
            f"(known: {', '.join(frameworks())})",
        ),
    ],
)
def test_an_unknown_framework_is_told_with_the_nearest(
    apex: Apex, tmp_path: Path, name: str, text: str
) -> None:
    outcome = apex(tmp_path, "policies", "coverage", "--framework", name)
    outcome.expect_only(2, f"--framework {name}", text)


def test_an_unknown_format_is_wrong_usage(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "policies", "coverage", "--format", "xml").expect(2, "--format", "table")


def test_a_program_that_fails_is_shown_as_incomplete(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, f"{OPEN}\n    raise ValueError('boom')\n")
    coverage(apex, program).expect(
        3, "incomplete: ", "fails: firewall-ssh-not-public (1)", "the program failed", "boom"
    )
    outcome = coverage(apex, program, "--format", "json").expect(3)
    run = in_json(outcome)["run"]
    assert run["complete"] is False
    assert "boom" in run["program_errors"][0]


@pytest.mark.usefixtures("unproven")
def test_a_rule_that_raises_is_no_pass(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(firewall: Resource) -> Iterator[Violation]:
        yield firewall.fail("is open")
        raise LookupError(firewall.name)

    rules = [
        replace(rule, check=broken) if rule.id == "firewall-ssh-not-public" else rule
        for rule in all_rules()
    ]
    monkeypatch.setattr(apex_guardrails.runs.preview, "known_rules", lambda: rules)
    outcome = coverage(apex, judged(tmp_path, OPEN), "--format", "json").expect(4)
    assert by_number(outcome)["3.6"] == "rule failed"
    assert in_json(outcome)["run"]["rule_errors"] == ["firewall-ssh-not-public"]


def test_peers_are_counted(apex: Apex, tmp_path: Path) -> None:
    outcome = apex(tmp_path, "policies", "coverage", "--peers").expect(
        0, "tool", "covered", "left out", "open", "Checkov 3.3"
    )
    assert outcome.err == ""
    content = in_json(
        apex(tmp_path, "policies", "coverage", "--peers", "--format", "json").expect(0)
    )
    assert content["lost"] == []
    [trivy] = [peer for peer in content["peers"] if peer["id"] == "trivy"]
    assert trivy["counts"] == {"covered": 75, "left out": 0, "open": 0}
    assert trivy["checks"][0] == {
        "id": "GCP-0001",
        "name": "google-storage-no-public-access",
        "state": "covered",
        "rules": ["storage-bucket-not-public"],
        "reason": "",
    }


def test_checks_that_are_open_are_named(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    covered = PeerCheck("A-1", "", ("sql-no-public-ip",), "")
    opened = PeerCheck("A-2", "", (), "")
    another = Peer("another", "Another", "1", "somewhere", (covered, opened))
    monkeypatch.setattr(apex_guardrails.controls, "peers", lambda _rules: [another])
    monkeypatch.setattr(apex_guardrails.controls, "recorded", dict)
    apex(tmp_path, "policies", "coverage", "--peers").expect(0, "Another 1", "another, open: A-2")


def test_a_check_that_is_lost_fails(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        apex_guardrails.controls, "recorded", lambda: {"trivy": ["GCP-0001", "GCP-9999"]}
    )
    text = "trivy: GCP-9999 was covered, and no rule is about it any more"
    outcome = apex(tmp_path, "policies", "coverage", "--peers").expect(1, text)
    assert outcome.err == f"apex: {text}\n"
    content = in_json(
        apex(tmp_path, "policies", "coverage", "--peers", "--format", "json").expect(1)
    )
    assert content["lost"] == [text]


@pytest.mark.parametrize(
    ("option", "named"),
    [
        (("--framework", "hipaa"), "--framework"),
        (("--stack", "dev"), "--stack"),
        (("--no-run",), "--run and --no-run"),
        (("--settings", "none.yaml"), "--settings"),
    ],
)
def test_peers_are_of_no_program_and_no_framework(
    apex: Apex, tmp_path: Path, option: tuple[str, ...], named: str
) -> None:
    (tmp_path / "none.yaml").touch()
    apex(tmp_path, "policies", "coverage", "--peers", *option).expect_only(
        2, f"--peers is about other tools: leave out {named}"
    )
