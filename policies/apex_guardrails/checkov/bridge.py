"""From a stack to Checkov's findings about it."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from apex_guardrails.checkov.plan import TerraformPlan, terraform_plan
from apex_guardrails.checkov.program import Answer, Check, CheckovError, find_checkov, run_checkov
from apex_guardrails.checkov.terraform import FieldName, terraform_type
from apex_guardrails.checkov.values import terraform_name
from apex_guardrails.model import (
    ANY_TYPE,
    EnforcedRule,
    EnforcementLevel,
    Finding,
    NoParameters,
    Outcome,
    Resource,
    Rule,
    Severity,
    Stack,
    Violation,
)
from apex_guardrails.model.value import Value, join_path, unwrap

CONTROL: Final = "checkov:"
"""What rules' controls, findings and waivers put before the id of a check."""

_PLAN: Final = "plan.json"
_PROBE: Final = ("google_container_cluster", "apex-probe")
"""A resource that Checkov has many checks for. Where no check is about any resource, Checkov does
not tell how many it saw, and a plan that it passed over would look the same."""

_INDEX: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class CheckovResult:
    """What Checkov says of a stack.

    Attributes:
        findings: the checks that fail.
        notes: what a reader should know, the version among it.
        not_evaluated: what it did not see, and why.
        has_run: whether it said anything at all.
    """

    findings: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    not_evaluated: Sequence[str] = ()
    has_run: bool = False


@dataclass(frozen=True)
class Bridge:
    """A Checkov that is ready to run.

    Attributes:
        program: where it is; an error where it is not, and need not be.
        level: what its findings do.
        is_required: whether a judgement without it is none.
        skip: checks that are not run.
        timeout: seconds that it may take.
    """

    program: Path | CheckovError
    level: EnforcementLevel
    is_required: bool
    skip: Sequence[str] = ()
    timeout: float = 300

    @classmethod
    def build(
        cls,
        level: EnforcementLevel,
        *,
        is_required: bool,
        skip: Sequence[str],
        timeout: float,
    ) -> Self:
        """Looks for Checkov.

        Raises:
            CheckovMissingError: there is none, and it is required.
        """
        program: Path | CheckovError
        try:
            program = find_checkov(os.environ)
        except CheckovError as error:
            if is_required:
                raise
            program = error
        return cls(program, level, is_required, skip, timeout)

    def judge(self, stack: Stack, rules: Iterable[EnforcedRule]) -> CheckovResult:
        """What Checkov says of a stack.

        Args:
            stack: what would be deployed.
            rules: ours, as they are in force: how grave a check is, is known from them.

        Raises:
            CheckovError: it did not do its work, and it is required.
        """
        try:
            return self._judge(stack, rules)
        except CheckovError as error:
            if self.is_required:
                raise
            return CheckovResult(notes=[f"Checkov has evaluated nothing: {error}"])

    def _judge(self, stack: Stack, rules: Iterable[EnforcedRule]) -> CheckovResult:
        if isinstance(self.program, CheckovError):
            raise self.program
        plan = terraform_plan(stack)
        if not plan.urns:
            return CheckovResult(not_evaluated=_not_seen(plan), has_run=True)
        probed, probe = plan.with_resource(*_PROBE)
        answer = run_checkov(
            self.program, {_PLAN: probed.text()}, skip=self.skip, timeout=self.timeout
        )
        seen = answer.resources - 1
        if seen != len(plan.urns):
            raise CheckovError(
                f"Checkov saw {max(0, seen)} of {len(plan.urns)} resources, so finding nothing "
                "proves nothing; `apex export --terraform-plan` writes the plan it was given"
            )
        checks = [check for check in answer.checks if check.address != probe]
        return self.verdict(stack, plan, replace(answer, checks=checks, resources=seen), rules)

    def verdict(
        self, stack: Stack, plan: TerraformPlan, answer: Answer, rules: Iterable[EnforcedRule]
    ) -> CheckovResult:
        """What Checkov's answer about a stack's plan says of the stack."""
        same_fact = by_check(rules)
        findings = [
            self._finding(check, stack, plan.urns.get(check.address, ""), same_fact)
            for check in answer.checks
        ]
        count = answer.resources + len(plan.not_seen)
        said = f"Checkov {answer.version} saw {answer.resources} of {count} resources"
        return CheckovResult(findings, [said], _not_seen(plan), has_run=True)

    def _finding(
        self,
        check: Check,
        stack: Stack,
        urn: str,
        same_fact: Mapping[str, Sequence[EnforcedRule]],
    ) -> Finding:
        ours = same_fact.get(check.id, ())
        resource = stack.resources.get(urn)
        if resource is None:
            # Nothing that we know by that address: the finding is about the stack as a whole.
            message = f"{check.address} fails Checkov's {check.id}"
            rule = _rule(check, ANY_TYPE, ours)
            return Finding(rule, Outcome.FAILS, self.level, stack.urn, "", message)
        about = [
            item.rule.id
            for item in ours
            if item.level is not EnforcementLevel.DISABLED and item.rule.is_about(resource.type)
        ]
        passing = f"; {', '.join(about)}, about the same fact, does not fail" if about else ""
        return Finding(
            _rule(check, resource.type.token, ours),
            Outcome.FAILS,
            self.level,
            resource.urn,
            next(filter(None, (pulumi_path(resource, key) for key in check.keys)), ""),
            f"fails Checkov's {check.id}{passing}",
            resource.position,
        )


def _not_seen(plan: TerraformPlan) -> list[str]:
    return [f"by Checkov: {text}" for text in plan.warnings()]


def by_check(rules: Iterable[EnforcedRule]) -> Mapping[str, Sequence[EnforcedRule]]:
    """Our rules by the id of the check that sees the same fact."""
    found: dict[str, list[EnforcedRule]] = defaultdict(list)
    for enforced in rules:
        for control in enforced.rule.controls:
            if control.startswith(CONTROL):
                found[control.removeprefix(CONTROL)].append(enforced)
    return found


def _rule(check: Check, token: str, ours: Sequence[EnforcedRule]) -> Rule:
    """A check as a rule: with our severity where we know the fact, as Checkov's costs a login."""
    known = [item.rule.severity for item in ours]
    named = (check.severity or "").lower()
    severity = Severity(named) if named in list(Severity) else Severity.MEDIUM
    return Rule(
        id=f"{CONTROL}{check.id}",
        service="checkov",
        module=__name__,
        title=check.title.rstrip("."),
        why="Checkov checks it in the Terraform plan of the program.",
        severity=max(known, key=lambda item: item.rank) if known else severity,
        on=token,
        controls=(f"{CONTROL}{check.id}",),
        fix=f"see {check.guideline}",
        level=EnforcementLevel.ADVISORY,
        scope="resource",
        parameters=NoParameters,
        check=_nothing,
        own_cases=(),
    )


def _nothing(_: Resource) -> Iterator[Violation]:
    yield from ()


def pulumi_path(resource: Resource, key: str) -> str:
    """The path of an input that Checkov calls `settings/[0]/ip_configuration`.

    As far as the program sets it, so that it can be found there; "" where nothing of it is.
    """
    kind = terraform_type(resource.type.token)
    entry = FieldName(fields=kind.fields if kind else {})
    value, path = resource.value, ""
    for step in key.split("/"):
        index = _INDEX.fullmatch(step)
        if index is not None and entry.get("one"):
            # A list of one is no list in Pulumi.
            entry = FieldName(fields=entry.get("fields", {}))
            continue
        found = _element(value, int(index[1])) if index else _called(value, step, entry)
        if found is None:
            break
        if isinstance(found, str):
            entry = entry.get("fields", {}).get(found, FieldName())
        value, path = unwrap(value)[found], join_path(path, found)
    return path


def _element(value: Value, index: int) -> int | None:
    """The index, where a list has so many elements."""
    value = unwrap(value)
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return index if is_list and index < len(value) else None


def _called(value: Value, step: str, entry: FieldName) -> str | None:
    """The name of the member that Terraform calls so."""
    value = unwrap(value)
    fields = entry.get("fields", {})
    names: Iterable[str] = value if isinstance(value, Mapping) else ()
    return next(
        (name for name in names if terraform_name(name, fields.get(name, FieldName())) == step),
        None,
    )


def joined(ours: Iterable[Finding], theirs: Iterable[Finding]) -> list[Finding]:
    """Both, less what says the same: a fact that our rule finds, too, is one finding with two ids.

    Such a finding is as grave as the graver of the two; a waiver of ours covers the fact, one of
    Checkov's alone covers what Checkov says.
    """
    findings = list(ours)
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, finding in enumerate(findings):
        for control in finding.rule.controls:
            places[finding.urn, control].append(number)
    for their in theirs:
        same = places.get((their.urn, their.rule.id))
        if not same:
            findings.append(their)
        for number in same or ():
            our = findings[number]
            is_graver = their.level.at_most(our.level) is our.level
            graver = is_graver and their.waiver is None and our.waiver is None
            findings[number] = replace(
                our,
                level=their.level if graver else our.level,
                also=(*our.also, their.rule.id),
            )
    return findings
