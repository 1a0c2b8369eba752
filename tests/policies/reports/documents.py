"""A small document with one of everything, and what strangers may write into one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from apex_guardrails.controls import Result
from apex_guardrails.cost.document import CostDocument, Figures
from apex_guardrails.decide import Decision
from apex_guardrails.judgement.circumstances import Circumstances, Run, Source
from apex_guardrails.judgement.entries import (
    BaselineFile,
    ChangeEntry,
    ControlEntry,
    Counts,
    FindingEntry,
    FrameworkEntry,
    Position,
    RemediationEntry,
    ReplacementEntry,
    ResourceEntry,
    RuleEntry,
    RuleErrorEntry,
    SettingsFile,
    Tool,
    Verdict,
    WaiverEntry,
)
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.judgement.pipeline import Pipeline, RunResult
from apex_guardrails.model import EnforcedRule, EnforcementLevel, Outcome, Severity, Stack
from apex_guardrails.network.document import NetworkDocument, NetworkEdge, NetworkNode
from apex_guardrails.network.terms import Access, NodeKind
from apex_guardrails.settings import Direction, Kind, Record

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
NOWHERE = Circumstances(datetime(2027, 1, 1, tzinfo=UTC), Path("/srv/shop"))
URN = f"urn:pulumi:dev::shop::app:Databases${SQL}::db"

NASTY = [
    "</details><script>alert(1)</script>",
    "| a | b |\n| --- | --- |",
    "```\n# heading",
    "`` ` ``",
    "[click](https://example.com) ![x](y)",
    "\x1b[31mred\x1b]8;;http://x\x07",
    "\n::error file=a,line=1::forged",
    "  ::set-output name=a::b",
    "##[error]forged",
    "]]> <!-- --> &amp; &#0; <a href='x' \"y\">",
    "@team #12 www.example.com a@b.example :tada:",
    "\ud800 half \x00 \ufffe \x85   end",
    "$x$ ~~gone~~ *a* _b_ __c__ \\",
    "- [ ] task\n\n1. one\n\n    code",
    "x" * 100_000,
]
"""What names and messages may hold."""

texts = (
    # Without the long one, which Hypothesis cannot show.
    st.sampled_from(NASTY[:-1])
    | st.text(max_size=60)
    | st.text("`|<>&[]()*_~#@:\\\n $!-", max_size=30)
)


def run_result(
    stack: Stack,
    decision: Decision,
    rules: Sequence[EnforcedRule] = (),
    circumstances: Circumstances = NOWHERE,
    *,
    in_full: bool = False,
    **run: Any,
) -> RunResult:
    """What a run comes to, with findings as they are given."""
    settings = circumstances.settings
    pipeline = Pipeline(
        settings,
        stack.name,
        [item.rule for item in rules],
        circumstances.source,
        record=Record(),
    )
    pipeline.configure(rules)
    return pipeline.judge(stack, decision, Run(**run), circumstances=circumstances, in_full=in_full)


def figures(low: str, expected: str, high: str) -> Figures:
    return Figures(low=Decimal(low), expected=Decimal(expected), high=Decimal(high))


def finding(**facts: Any) -> FindingEntry:
    return FindingEntry(
        **{
            "rule": "sql-no-public-ip",
            "title": "Cloud SQL instances have no public IP address",
            "severity": Severity.CRITICAL,
            "level": EnforcementLevel.MANDATORY,
            "outcome": Outcome.FAILS,
            "urn": URN,
            "path": "settings.ipConfiguration.ipv4Enabled",
            "message": "has a public IPv4 address",
            "fix": "Set ipv4_enabled=False.",
            "position": Position(file="infra/db main.py", line=12),
            "property_position": Position(file="infra/db main.py", line=15),
            "controls": ("cis-gcp-4.0:6.6",),
            "fingerprint": "0123456789abcdef0123456789abcdef",
            **facts,
        }
    )


def rule(identifier: str, **facts: Any) -> RuleEntry:
    return RuleEntry(
        **{
            "id": identifier,
            "title": "Cloud SQL instances have no public IP address",
            "why": "A public address lets anyone try passwords.",
            "fix": "Set ipv4_enabled=False.",
            "service": identifier.partition("-")[0],
            "severity": Severity.CRITICAL,
            "level": EnforcementLevel.MANDATORY,
            "undecided": EnforcementLevel.MANDATORY,
            "scope": "resource",
            "controls": ("cis-gcp-4.0:6.6",),
            "result": Result.PASSES,
            **facts,
        }
    )


def change(setting: str, direction: Direction = Direction.LOOSER, **facts: Any) -> ChangeEntry:
    return ChangeEntry(
        **{
            "kind": Kind.RULE,
            "setting": setting,
            "direction": direction,
            "default": "mandatory",
            "value": "disabled",
            **facts,
        }
    )


WAIVER = WaiverEntry(
    reason="Moves in May.",
    owner="team-db",
    expires=date(2027, 5, 31),
    ticket="DB-7",
    days_left=181,
)
CHANGE = {
    "change": "changed",
    "name": "db",
    "type": SQL,
    "component": "databases",
    "before": {"low": "50", "expected": "60", "high": "70"},
    "after": {"low": "70", "expected": "80.50", "high": "90"},
}


NETWORK = NetworkDocument(
    nodes=(
        NetworkNode(id="internet", kind=NodeKind.INTERNET, name="Internet"),
        NetworkNode(
            id="sql/databaseInstance db",
            kind=NodeKind.DATA,
            type=SQL,
            name="db",
            access=Access.OPEN,
            urns=(URN,),
        ),
    ),
    edges=(
        NetworkEdge(
            source="internet",
            target="sql/databaseInstance db",
            access=Access.OPEN,
            reason="public address that admits any other; a password is asked for",
            ports=("tcp 5432",),
            urns=(URN,),
        ),
    ),
    unknown_types=("aws:s3/bucket:Bucket (2)",),
)


def small(**facts: Any) -> Judgement:
    """One of everything that a judgement can have."""
    return Judgement(
        **{
            "tool": Tool(pack="apex-guardrails", version="1.2.3", rules_sha256="ab" * 32),
            "time": datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
            "project": "shop",
            "stack": "dev",
            "source": Source.OFFLINE,
            "project_file": "Pulumi.yaml",
            "settings": SettingsFile(file="policy-pack.yaml", sha256="cd" * 32),
            "baseline": BaselineFile(file="policy-baseline.json", sha256="ef" * 32),
            "changes": (
                change("run-probes", rule="run-probes", severity=Severity.HIGH, is_off=True),
                change(
                    "cost.usage.resources.*.active_hours",
                    kind=Kind.COST,
                    default="730",
                    value="0.0001",
                ),
                change("labels-required-keys.keys", Direction.TIGHTER, kind=Kind.PARAMETER),
            ),
            "loosened": ("1 rule is off by settings, 0 of them critical",),
            "verdict": Verdict.REFUSED,
            "exit_code": 1,
            "summary": "dev may not be deployed: 2 mandatory findings",
            "is_complete": True,
            "findings": (
                finding(),
                finding(
                    rule="stack-entry-declared",
                    severity=Severity.HIGH,
                    outcome=Outcome.UNDECIDED,
                    urn="urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
                    path="",
                    message="cannot be decided before deployment",
                    position=None,
                    property_position=None,
                    fingerprint="1" * 32,
                ),
                finding(
                    rule="sql-backups",
                    severity=Severity.MEDIUM,
                    level=EnforcementLevel.ADVISORY,
                    property_position=None,
                    fingerprint="2" * 32,
                ),
                finding(
                    rule="sql-ssl",
                    level=EnforcementLevel.ADVISORY,
                    waiver=WAIVER,
                    fingerprint="3" * 32,
                ),
                finding(
                    rule="sql-flags",
                    level=EnforcementLevel.ADVISORY,
                    path="settings.databaseFlags",
                    known_since=date(2026, 11, 30),
                    fingerprint="4" * 32,
                ),
            ),
            "rule_pages": "https://docs.example.com/rules/{rule}.html",
            "notes": ("a secret has a placeholder",),
            "not_evaluated": ("the remote component site",),
            "rules": (
                rule("redis-auth", counts=Counts(passed=2, not_applicable=1)),
                rule("run-probes", level=EnforcementLevel.DISABLED, result=Result.DISABLED),
                rule("sql-backups", severity=Severity.MEDIUM, level=EnforcementLevel.ADVISORY),
                rule("sql-flags", result=Result.FAILS, counts=Counts(failed=1)),
                rule("sql-no-public-ip", result=Result.FAILS, counts=Counts(failed=1)),
                rule("sql-ssl", result=Result.WAIVED, counts=Counts(waived=1)),
                rule("stack-entry-declared", scope="stack", result=Result.UNDECIDED),
                rule("vpc-flow-logs", result=Result.NOT_APPLICABLE),
            ),
            "resources": (
                ResourceEntry(
                    urn=URN,
                    type=SQL,
                    name="db",
                    parent="urn:pulumi:dev::shop::app:Databases::databases",
                    position=Position(file="infra/db main.py", line=12),
                    custom=True,
                    dependencies=(),
                ),
            ),
            "frameworks": (
                FrameworkEntry(
                    id="cis-gcp-4.0",
                    name="CIS Google Cloud",
                    version="4.0",
                    source="CIS",
                    counts={Result.FAILS: 1},
                    controls=(
                        ControlEntry(
                            id="cis-gcp-4.0:6.6",
                            title="No public addresses",
                            result=Result.FAILS,
                            rules=("sql-no-public-ip",),
                        ),
                    ),
                ),
            ),
            "cost": CostDocument(
                project="shop",
                stack="dev",
                monthly=figures("70", "80.50", "90"),
                resources=(),
                differences=(CHANGE,),
            ),
            "budget": Decimal(75),
            "network": NETWORK,
            **facts,
        }
    )


def full_of(text: str) -> Judgement:
    """A document that has a text wherever a program can put one."""
    safe = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    urn = f"urn:pulumi:dev::shop::{SQL}::{safe}"
    position = Position(file=safe, line=3)
    return small(
        project=safe,
        stack=safe,
        summary=safe,
        findings=tuple(
            item.model_copy(
                update={
                    "urn": urn,
                    "path": safe,
                    "message": safe,
                    "property_position": position,
                    "replacements": (
                        ReplacementEntry(
                            file=safe,
                            start_line=3,
                            start_column=1,
                            end_line=3,
                            end_column=2,
                            inserted=safe,
                        ),
                    ),
                }
            )
            for item in small().findings
        ),
        remediations=(
            RemediationEntry(
                rule="sql-ssl", urn=urn, path=safe, before=safe, after=safe, position=position
            ),
        ),
        program_errors=(safe,),
        rule_errors=(RuleErrorEntry(rule="sql-ssl", urn=urn, error=safe),),
        notes=(safe,),
        changes=(change(f"setting {safe}", default=safe, value=safe),),
        not_evaluated=(safe,),
        output=(safe,),
        resources=(ResourceEntry(urn=urn, type=SQL, name=safe, custom=True),),
        cost=CostDocument(
            project=safe,
            stack=safe,
            monthly=figures("1", "1", "1"),
            resources=(),
            differences=({**CHANGE, "name": safe},),
        ),
        network=NetworkDocument(
            nodes=tuple(
                item.model_copy(update={"name": safe, "detail": safe}) for item in NETWORK.nodes
            ),
            edges=tuple(item.model_copy(update={"reason": safe}) for item in NETWORK.edges),
            unknown_types=(safe,),
            notes=(safe,),
        ),
    )
