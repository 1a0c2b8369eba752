"""Cases of our rules as plans, and what Checkov's check about the same fact says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, TypeAdapter

from apex_guardrails.checkov import CONTROL, terraform_plan
from apex_guardrails.checkov.program import Answer
from apex_guardrails.model import Outcome, Rule
from apex_guardrails.rules import all_rules
from apex_guardrails.support.yaml_files import read_yaml
from apex_guardrails.testing import build

REVIEWED = Path(__file__).with_name("differences.yaml")
GROUPS = ("CKV_GCP_", "CKV2_GCP_")

Said: TypeAlias = Literal["passes", "fails", "silent"]


class Difference(BaseModel):
    """One entry of `differences.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checks: tuple[str, ...]
    rules: tuple[str, ...]
    ours: Said | None = None
    checkov: Said | None = None
    right: Literal["ours", "checkov", "both"]
    why: str

    def about(self, rules: Iterable[Rule]) -> Iterator[tuple[str, Rule]]:
        """The checks and rules that it speaks of."""
        for rule in rules:
            for check in checks_of(rule):
                if check in self.checks and rule.id in self.rules:
                    yield check, rule


def reviewed() -> Sequence[Difference]:
    """What was looked at by hand."""
    content, _ = read_yaml(REVIEWED)
    return TypeAdapter(list[Difference]).validate_python(content)


def checks_of(rule: Rule) -> list[str]:
    """The ids of Checkov's checks about the rule's fact."""
    return [
        control.removeprefix(CONTROL) for control in rule.controls if control.startswith(CONTROL)
    ]


@dataclass(frozen=True)
class Sample:
    """A case of a rule, by the name of its plan."""

    rule: Rule
    outcome: Outcome


def samples() -> tuple[dict[str, str], dict[str, Sample]]:
    """Of each rule that a check is about, the first case that passes and the first that fails.

    Returns:
        The plans' texts, and the cases, by file name.
    """
    plans: dict[str, str] = {}
    found: dict[str, Sample] = {}
    for rule in all_rules():
        if not checks_of(rule):
            continue
        for outcome in (Outcome.PASSES, Outcome.FAILS):
            case = next(
                (
                    case
                    for case in rule.cases
                    if case.outcome is outcome and case.resources and not case.parameters
                ),
                None,
            )
            plan = None if case is None else terraform_plan(build(rule, case))
            if plan is not None and plan.urns:
                name = f"{rule.id}.{outcome}.json"
                plans[name] = plan.text()
                found[name] = Sample(rule, outcome)
    return plans, found


def differences(
    answer: Answer, found: Mapping[str, Sample]
) -> Iterator[tuple[str, str, Said, Said]]:
    """Where Checkov does not say what our rule says: check, rule, ours, Checkov's."""
    said: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for check in answer.checks:
        said[check.plan, check.id].append(check.passes)
    for name, sample in found.items():
        ours: Said = "passes" if sample.outcome is Outcome.PASSES else "fails"
        for check_id in checks_of(sample.rule):
            verdicts = said.get((name, check_id))
            theirs: Said = "silent" if verdicts is None else "passes" if all(verdicts) else "fails"
            if theirs != ours and (ours, theirs) != ("passes", "silent"):
                yield check_id, sample.rule.id, ours, theirs
