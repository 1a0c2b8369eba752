"""The JSON of a judgement: what it holds, and that it can be read again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from apex_guardrails.decide import Decision, RuleError, decide
from apex_guardrails.judgement import versions
from apex_guardrails.judgement.circumstances import Circumstances, Source, repository_root
from apex_guardrails.judgement.entries import Position, Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.judgement.versions import json_schema, read_judgement
from apex_guardrails.model import (
    EnforcementLevel,
    Finding,
    Outcome,
    Resource,
    SourcePosition,
    Stack,
    Waiver,
)
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.provider import resource_type
from apex_guardrails.settings import PolicyPackSettings, enforce
from apex_guardrails.support.errors import UsageError
from tests.policies.reports.documents import SQL, finding, full_of, run_result, small, texts

FOLDER = Path(versions.__file__).parent
VERSION_1 = Path(__file__).with_name("version-1.json")
RULES = {rule.id: rule for rule in known_rules()}
ENFORCED = enforce(PolicyPackSettings(), known_rules(), "dev")


def stack_with(*names: str, secret: str = "") -> Stack:
    stack = Stack("dev", "shop", secret_config=SecretConfig({"shop:key": secret}))
    for name in names:
        stack.add(
            Resource(
                f"urn:pulumi:dev::shop::{SQL}::{name}",
                resource_type(SQL),
                {"settings": {"ipConfiguration": {"ipv4Enabled": True}}},
                stack,
                dependencies=[],
                property_dependencies={},
            )
        )
    return stack


def found(**facts: Any) -> Finding:
    return Finding(
        **{
            "rule": RULES["sql-no-public-ip"],
            "outcome": Outcome.FAILS,
            "level": EnforcementLevel.MANDATORY,
            "urn": f"urn:pulumi:dev::shop::{SQL}::db",
            "path": "settings",
            "message": "is public",
            **facts,
        }
    )


def judged(*findings: Finding, root: Path = Path("/srv/shop"), **facts: Any) -> Judgement:
    stack = facts.pop("stack", None) or stack_with("db")
    errors = facts.pop("errors", [])
    return run_result(
        stack,
        Decision(findings=list(findings), errors=errors),
        ENFORCED,
        Circumstances(datetime(2027, 1, 1, tzinfo=UTC), root, project=root / "infra"),
        in_full=True,
        **facts,
    ).judgement


def test_a_finding_has_all_that_a_reader_needs() -> None:
    waiver = Waiver(
        policy="sql-no-public-ip",
        resource="*",
        reason="Why.",
        owner="me",
        expires=date(2027, 1, 31),
        ticket="T-1",
    )
    [item] = judged(
        found(
            position=SourcePosition("/srv/shop/infra/db.py", 7),
            property_position=SourcePosition("/opt/lib/db.py", 9),
            waiver=waiver,
        )
    ).findings

    assert item.position == Position(file="infra/db.py", line=7)
    assert item.property_position == Position(file="/opt/lib/db.py", line=9)
    assert item.waiver is not None
    assert item.waiver.days_left == 30
    assert item.controls == RULES["sql-no-public-ip"].controls
    assert item.resource == f"{SQL} db"


def test_each_rule_says_of_how_many_resources_it_says_what() -> None:
    stack = stack_with("one", "two")
    result = judged(stack=stack, root=Path("/x")).model_copy()
    assert next(item for item in result.rules if item.id == "sql-no-public-ip").counts.failed == 0
    result = run_result(stack, decide(stack, ENFORCED), ENFORCED, in_full=True).judgement
    rules = {item.id: item for item in result.rules}

    assert rules["sql-no-public-ip"].counts.failed == 2
    assert rules["redis-auth-enabled"].counts.not_applicable == 2
    assert len(rules) == len(RULES)
    frameworks = {item.id: item for item in result.frameworks}
    [control] = [it for it in frameworks["cis-gcp-4.0"].controls if it.id == "cis-gcp-4.0:6.6"]
    assert control.result == "fails"
    assert "sql-no-public-ip" in control.rules


def test_a_finding_is_the_same_when_lines_and_words_change() -> None:
    [before] = judged(found(position=SourcePosition("/a.py", 1), message="a")).findings
    [after] = judged(found(position=SourcePosition("/b.py", 2), message="b")).findings
    [decided] = judged(found(outcome=Outcome.UNDECIDED)).findings
    twice = judged(found(message="a"), found(message="b")).findings

    assert before.fingerprint == after.fingerprint
    assert decided.fingerprint != before.fingerprint
    assert len({item.fingerprint for item in twice}) == 2
    assert twice[0].fingerprint == before.fingerprint


def test_no_secret_value_is_in_it() -> None:
    secret = "value-of-the-secret"
    text = judged(
        found(urn=f"urn:pulumi:dev::shop::{SQL}::{secret}", path=secret),
        stack=stack_with(secret, "db", secret=secret),
        notes=[secret],
        output=[secret],
        program_errors=[secret],
        errors=[RuleError("sql-no-public-ip", secret, secret)],
    ).text()
    assert secret not in text
    assert "[secret shop:key]" in text


@pytest.mark.parametrize(
    ("facts", "verdict", "code"),
    [
        ({}, Verdict.ALLOWED, 0),
        ({"is_complete": False}, Verdict.INCOMPLETE, 3),
        ({"program_errors": ["no"]}, Verdict.INCOMPLETE, 3),
        ({"errors": [RuleError("sql-no-public-ip", "u", "no")]}, Verdict.PACK_FAILED, 4),
    ],
)
def test_the_verdict_is_what_apex_ends_with(
    facts: dict[str, Any], verdict: Verdict, code: int
) -> None:
    result = judged(**facts)
    assert (result.verdict, result.exit_code) == (verdict, code)
    assert judged(found()).verdict is Verdict.REFUSED


def test_the_same_rules_have_the_same_hash_and_others_another() -> None:
    assert judged().tool.rules_sha256 == judged(found()).tool.rules_sha256
    assert (
        run_result(stack_with(), Decision(), ENFORCED[:9]).judgement.tool.rules_sha256
        != judged().tool.rules_sha256
    )


def test_paths_are_seen_from_the_repository_s_root(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    assert repository_root(below) == tmp_path
    now = Circumstances.now(below, PolicyPackSettings(), Source.OFFLINE)
    assert now.root == tmp_path
    assert judged(root=below).project_file == "infra/Pulumi.yaml"
    (below / "infra").mkdir()
    (below / "infra/Pulumi.yml").touch()
    assert judged(root=below).project_file == "infra/Pulumi.yml"


def test_the_schema_is_the_shipped_one_and_describes_the_document() -> None:
    shipped = FOLDER / "judgement-2.schema.json"
    assert json.loads(shipped.read_text("utf-8")) == json_schema()
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.check_schema(json_schema())
    for made in (small(), judged(found())):
        validator.validate(json.loads(made.text()))


@given(texts)
def test_it_is_read_again_as_it_was(text: str) -> None:
    made = full_of(text)
    written = made.text()
    assert written.isascii()
    assert "##[" not in written
    assert Judgement.model_validate_json(written) == made


def test_a_judgement_of_version_1_is_read_still() -> None:
    old = json.loads(VERSION_1.read_text("utf-8"))
    schema = json.loads((FOLDER / "judgement-1.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(old)
    assert old["version"] == 1
    assert read_judgement(VERSION_1) == small()


def test_what_version_1_called_otherwise(tmp_path: Path) -> None:
    old = json.loads(VERSION_1.read_text("utf-8"))
    old["verdict"] = "nothing judged"
    old["reach"] |= {"judged": 3, "not_judged": {"aws": {"aws:s3/bucket:Bucket": 2}}}
    (tmp_path / "old.json").write_text(json.dumps(old))
    read = read_judgement(tmp_path / "old.json")
    assert read.verdict is Verdict.NOTHING_EVALUATED
    assert (read.reach.evaluated, read.reach.left_out) == (3, 2)
    assert read.not_evaluated == ("the remote component site",)


def test_what_another_judgement_lacks_is_new() -> None:
    base = small(findings=small().findings[1:], cost=None)
    compared = small().compared_with(base)

    assert [item.is_new for item in compared.findings] == [True, False, False, False, False]
    assert compared.cost == small().cost
    assert small().compared_with(small()).cost_changes() == []


@pytest.mark.parametrize(
    ("content", "violation"),
    [
        (b"", "not valid JSON"),
        (b"[]", "expected keys and values"),
        (b"\xff", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"version": 3}', "has version 3, which is of a newer apex"),
        (b'{"version": 2}', "tool: is missing"),
        (b'{"version": 1}', "tool: is missing"),
        (small().text().replace('"critical"', '"grave"').encode(), "findings.0.severity"),
        (
            small().text().replace('"change": "changed"', '"chance": 1').encode(),
            "change: is missing",
        ),
    ],
)
def test_what_is_no_such_document_is_refused(
    tmp_path: Path, content: bytes, violation: str
) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_judgement(path)
    assert str(caught.value).startswith(str(path))
    assert violation in str(caught.value)
    assert "`apex preview --format json` writes such a file" in str(caught.value)


def test_a_document_that_is_not_there_or_far_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_judgement(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_judgement(tmp_path)
    path = tmp_path / "result.json"
    path.write_text(small().text())
    monkeypatch.setattr(versions, "LARGEST", 100)
    with pytest.raises(UsageError, match="; the limit is 100"):
        read_judgement(path)


def test_what_is_waived_is_neither_advice_nor_blocking() -> None:
    made = small()
    assert [item.rule for item in made.blocking] == ["sql-no-public-ip", "stack-entry-declared"]
    assert [item.rule for item in made.advice] == ["sql-backups"]
    assert [item.rule for item in made.waived] == ["sql-ssl"]
    assert [item.rule for item in made.known] == ["sql-flags"]
    assert [item.rule for item in made.undecided] == ["stack-entry-declared"]
    assert [item.is_deployed for item in made.resources] == [True]
    assert finding(property_position=None).place == Position(file="infra/db main.py", line=12)
