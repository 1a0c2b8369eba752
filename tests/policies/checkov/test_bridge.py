"""Checkov's findings beside ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from apex_guardrails.checkov import Bridge, CheckovError, joined
from apex_guardrails.checkov.bridge import pulumi_path
from apex_guardrails.decide import decide
from apex_guardrails.model import (
    UNKNOWN,
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Outcome,
    Secret,
    Severity,
    Stack,
    Waiver,
    case,
)
from apex_guardrails.rules import all_rules
from tests.policies.checkov import fake
from tests.policies.cost.stacks import stack_of

ADVISORY, MANDATORY = EnforcementLevel.ADVISORY, EnforcementLevel.MANDATORY
BUCKET = "gcp:storage/bucket:Bucket"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
OPEN = stack_of(case.resource(SQL, "db", settings={"ipConfiguration": {"ipv4Enabled": True}}))
CLOSED = stack_of(case.resource(SQL, "db", settings={"ipConfiguration": {"ipv4Enabled": False}}))
PUBLIC_IP = ("CKV_GCP_60", "google_sql_database_instance.db", "settings/[0]/ip_configuration")


def enforced(level: EnforcementLevel = MANDATORY) -> list[EnforcedRule]:
    rule = next(rule for rule in all_rules() if rule.id == "sql-no-public-ip")
    return [EnforcedRule(rule, level, level, rule.parameters())]


def bridge(program: Path | CheckovError, level: EnforcementLevel = ADVISORY) -> Bridge:
    return Bridge(program, level, is_required=False)


def judged(folder: Path, stack: Stack, *failed: tuple[str, str, str]) -> list[Finding]:
    """What Checkov finds when it lets these checks fail."""
    verdict = bridge(fake.checkov(folder, *failed)).judge(stack, enforced())
    assert verdict.has_run
    return list(verdict.findings)


def test_a_failed_check_is_a_finding_at_the_resource(tmp_path: Path) -> None:
    (finding,) = judged(tmp_path, CLOSED, PUBLIC_IP)
    assert finding.rule.id == "checkov:CKV_GCP_60"
    assert finding.urn == "urn:pulumi:case::cases::gcp:sql/databaseInstance:DatabaseInstance::db"
    assert finding.path == "settings.ipConfiguration"
    assert finding.level is ADVISORY
    assert finding.outcome is Outcome.FAILS
    assert "resource/gcp/Right.py" in finding.rule.fix


def test_its_severity_is_that_of_our_rule_about_the_fact(tmp_path: Path) -> None:
    ours, unknown = judged(
        tmp_path, CLOSED, PUBLIC_IP, ("CKV_GCP_9999", "google_sql_database_instance.db", "x")
    )
    assert ours.rule.severity is enforced()[0].rule.severity
    assert unknown.rule.severity is Severity.MEDIUM
    assert unknown.path == ""


def test_a_check_of_something_else_is_about_the_stack(tmp_path: Path) -> None:
    (finding,) = judged(tmp_path, CLOSED, ("CKV_GCP_9999", "google.default", "x"))
    assert finding.urn == CLOSED.urn
    assert finding.message == "google.default fails Checkov's CKV_GCP_9999"


def test_what_we_find_as_well_is_one_finding_with_two_ids(tmp_path: Path) -> None:
    ours = decide(OPEN, enforced()).findings
    (finding,) = joined(ours, judged(tmp_path, OPEN, PUBLIC_IP))
    assert finding.rule.id == "sql-no-public-ip"
    assert finding.also == ("checkov:CKV_GCP_60",)
    assert finding.level is MANDATORY


def test_where_ours_passes_the_finding_says_so(tmp_path: Path) -> None:
    (finding,) = joined(decide(CLOSED, enforced()).findings, judged(tmp_path, CLOSED, PUBLIC_IP))
    assert finding.rule.id == "checkov:CKV_GCP_60"
    assert "sql-no-public-ip, about the same fact, does not fail" in finding.message


def waiver(policy: str) -> Waiver:
    return Waiver(
        policy=policy, resource="db", reason="r", owner="o", expires=date(2030, 1, 1), ticket=None
    )


@pytest.mark.parametrize(
    ("our_level", "their_level", "level"),
    [
        (ADVISORY, MANDATORY, MANDATORY),
        (MANDATORY, ADVISORY, MANDATORY),
        (ADVISORY, ADVISORY, ADVISORY),
    ],
)
def test_one_finding_is_as_grave_as_the_graver(
    tmp_path: Path,
    our_level: EnforcementLevel,
    their_level: EnforcementLevel,
    level: EnforcementLevel,
) -> None:
    ours = decide(OPEN, enforced(our_level)).findings
    theirs = [replace(item, level=their_level) for item in judged(tmp_path, OPEN, PUBLIC_IP)]
    (finding,) = joined(ours, theirs)
    assert finding.level is level


def test_a_waiver_of_ours_covers_the_fact(tmp_path: Path) -> None:
    ours = [
        replace(item, level=ADVISORY, waiver=waiver("sql-no-public-ip"))
        for item in decide(OPEN, enforced()).findings
    ]
    theirs = [replace(item, level=MANDATORY) for item in judged(tmp_path, OPEN, PUBLIC_IP)]
    (finding,) = joined(ours, theirs)
    assert finding.level is ADVISORY


def test_a_waiver_of_checkovs_covers_what_checkov_says_alone(tmp_path: Path) -> None:
    theirs = [
        replace(item, level=MANDATORY, waiver=waiver("checkov:CKV_GCP_60"))
        for item in judged(tmp_path, OPEN, PUBLIC_IP)
    ]
    for level in (ADVISORY, MANDATORY):
        (finding,) = joined(decide(OPEN, enforced(level)).findings, theirs)
        assert finding.level is level


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("settings/[0]/ip_configuration/[0]/ssl_mode/[0]", "settings.ipConfiguration.sslMode"),
        ("settings/[0]/database_flags/[1]/value", "settings.databaseFlags[1].value"),
        ("settings/[0]/database_flags/[7]", "settings.databaseFlags"),
        ("settings/database_flags[?(@/name == x)]", "settings"),
        ("settings/[0]/user_labels/owner", "settings.userLabels.owner"),
        ("deletion_protection", ""),
        ("database_version/[0]/POSTGRES", "databaseVersion"),
        ("root_password/[0]", "rootPassword"),
        ("ip_address", ""),
        ("", ""),
    ],
)
def test_a_field_of_terraform_is_a_path_of_pulumi(key: str, path: str) -> None:
    (resource,) = stack_of(
        case.resource(
            SQL,
            databaseVersion="POSTGRES_17",
            rootPassword=UNKNOWN,
            settings=Secret(
                {
                    "ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"},
                    "databaseFlags": [{"name": "a", "value": "b"}, {"name": "c", "value": "d"}],
                    "userLabels": {"owner": "o"},
                }
            ),
        )
    )
    assert pulumi_path(resource, key) == path


def test_a_resource_of_no_terraform_type_has_no_path() -> None:
    (resource,) = stack_of(case.resource("random:index/randomId:RandomId", byteLength=3))
    assert pulumi_path(resource, "byte_length") == "byteLength"


def test_what_it_does_not_see_is_said(tmp_path: Path) -> None:
    stack = stack_of(case.resource("random:index/randomId:RandomId"))
    verdict = bridge(tmp_path / "is-not-started").judge(stack, [])
    assert verdict.has_run
    assert "1 random:index/randomId:RandomId" in verdict.not_evaluated[0]


def test_one_that_saw_only_a_part_is_no_pass(tmp_path: Path) -> None:
    answer = (
        '{"summary": {"parsing_errors": 0, "resource_count": 0, "checkov_version": "3"},'
        ' "results": {"failed_checks": []}}'
    )
    path = fake.program(tmp_path, f"print({answer!r})")
    verdict = bridge(path).judge(CLOSED, [])
    assert not verdict.has_run
    assert "Checkov saw 0 of 1 resources" in verdict.notes[0]
    with pytest.raises(CheckovError, match="saw 0 of 1"):
        replace(bridge(path), is_required=True).judge(CLOSED, [])
