"""Rules and resources in, findings out. No file, no network, no clock."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apex_guardrails.model import (
    ANY_TYPE,
    EnforcedRule,
    EnforcementLevel,
    Finding,
    NoParameters,
    Outcome,
    Resource,
    ResourceType,
    Rule,
    Stack,
    UndecidedError,
    Violation,
)
from apex_guardrails.model.policy import Check, always
from apex_guardrails.model.reach import Reach, says_what_is_judged
from apex_guardrails.model.view import DependenciesUnknownError, View
from apex_guardrails.model.waiting import Waiting, left_as_it_is, waiting_for
from apex_guardrails.support.garbage import no_collections


@dataclass(frozen=True, slots=True)
class RuleError:
    """A rule that raised: a defect of the pack, and never a pass."""

    rule_id: str
    urn: str
    error: str


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Rules that apply to the same resources of a type, or to the same stacks.

    Attributes:
        when: to which.
        ids: those of the rules.
        checks: what each rule asks, with the parameters that it has.
    """

    when: Callable[[Any], bool]
    rules: Sequence[EnforcedRule]
    ids: tuple[str, ...]
    checks: Sequence[Check]

    @classmethod
    def of(cls, rules: Sequence[EnforcedRule]) -> Family:
        """Of rules that share their `when`."""
        ids = tuple(enforced.rule.id for enforced in rules)
        return cls(rules[0].rule.when, rules, ids, tuple(map(_check, rules)))


def _check(enforced: EnforcedRule) -> Check:
    check, parameters = enforced.rule.check, enforced.parameters
    if enforced.rule.parameters is NoParameters:
        return check
    return lambda subject: check(subject, parameters)


@dataclass
class Decision:
    """What all rules said about a stack.

    Attributes:
        findings: what does not pass, in no order; `sorted_findings` has them as reports want them.
        errors: rules that raised.
        passed_together: how often all rules of a family passed.
        passed_alone: how often others did, by their ids.
        skipped: how often the rules of a family did not apply.
        ignored: URNs of resources of which a rule did not decide, as the deployment ignores changes
            of what it reads.
    """

    findings: list[Finding] = field(default_factory=list)
    errors: list[RuleError] = field(default_factory=list)
    passed_together: Counter[Family] = field(default_factory=Counter)
    passed_alone: Counter[str] = field(default_factory=Counter)
    skipped: Counter[Family] = field(default_factory=Counter)
    ignored: set[str] = field(default_factory=set)

    def sorted_findings(self) -> list[Finding]:
        """The worst first, then by place."""
        return sorted(
            self.findings,
            key=lambda finding: (
                finding.level is not EnforcementLevel.MANDATORY,
                -finding.rule.severity.rank,
                finding.urn,
                finding.rule.id,
                finding.path,
                finding.message,
            ),
        )

    @property
    def passed(self) -> Counter[str]:
        """How many resources passed, by rule id; for a stack rule 1."""
        passed = self.passed_alone.copy()
        for family, count in self.passed_together.items():
            passed.update(dict.fromkeys(family.ids, count))
        return passed

    def not_applicable(self, rule_id: str) -> int:
        """To how many resources of its types a rule does not apply; 1 for a stack."""
        return sum(count for family, count in self.skipped.items() if rule_id in family.ids)

    def reach(self, stack: Stack, rules: Iterable[EnforcedRule]) -> Reach:
        """How much of a stack was judged.

        Args:
            stack: what the rules were asked about.
            rules: all there are, those that are off, too.
        """
        rules = list(rules)
        return Reach.of(
            stack,
            (item.rule for item in rules if item.level is not EnforcementLevel.DISABLED),
            self.ignored,
            off=(item.rule for item in rules if item.level is EnforcementLevel.DISABLED),
            found=(item.urn for item in self.findings if item.rule.scope == "resource"),
        )

    @property
    def is_allowed(self) -> bool:
        """Whether nothing mandatory fails and every rule could be asked."""
        return not self.errors and not any(
            finding.level is EnforcementLevel.MANDATORY for finding in self.findings
        )


@dataclass(slots=True)
class Judged:
    """What the rules about resources say of one.

    Attributes:
        waiting: the rules that must be asked again when dependencies are known.
        skipped: the rules about its type that do not apply to it.
    """

    findings: list[Finding] = field(default_factory=list)
    waiting: list[EnforcedRule] = field(default_factory=list)
    skipped: list[Family] = field(default_factory=list)


class Judge:
    """Applies rules to resources as they come, and to the stack when it is whole."""

    def __init__(self, rules: Iterable[EnforcedRule]) -> None:
        in_force = [
            enforced for enforced in rules if enforced.level is not EnforcementLevel.DISABLED
        ]
        self.resource_rules = [item for item in in_force if item.rule.scope == "resource"]
        self.rules = [item.rule for item in in_force]
        self.stack_rules = [item for item in in_force if item.rule.scope == "stack"]
        self.decision = Decision()
        self._by_type: dict[str, Sequence[EnforcedRule]] = {}
        self._families: dict[str, Sequence[Family]] = {}
        self._alone = {item.rule.id: Family.of([item]) for item in in_force}

    def rules_for(self, resource_type: ResourceType) -> Sequence[EnforcedRule]:
        """The resource rules that are about a type."""
        rules = self._by_type.get(resource_type.token)
        if rules is None:
            rules = [item for item in self.resource_rules if item.rule.is_about(resource_type)]
            self._by_type[resource_type.token] = rules
        return rules

    def judge_resource(self, resource: Resource) -> Judged:
        """What the rules say about one resource."""
        judged = Judged()
        for family in self._families_for(resource.type):
            try:
                applies = self._applies(family, resource, resource.urn, judged.findings)
            except DependenciesUnknownError:
                judged.waiting += family.rules
                continue
            if applies:
                self._judge_family(family, resource, judged)
            elif applies is not None:
                judged.skipped.append(family)
        return judged

    def _judge_family(self, family: Family, resource: Resource, judged: Judged) -> None:
        if resource.ignored is not None:
            self._judge(resource, family.rules, judged)
            return
        waiting: list[EnforcedRule] = []
        others: list[EnforcedRule] = []
        for enforced, check in zip(family.rules, family.checks, strict=True):
            try:
                for _ in check(resource):
                    others.append(enforced)
                    break
            except DependenciesUnknownError:
                waiting.append(enforced)
            except Exception:  # noqa: BLE001 whatever it is, the rule raises it again
                others.append(enforced)
        # Nearly always all pass, and nothing is kept of it but the count.
        if not waiting and not others:
            self.decision.passed_together[family] += 1
            return
        judged.waiting += waiting
        passed = set(family.ids).difference(item.rule.id for item in (*waiting, *others))
        self.decision.passed_alone.update(passed)
        self._judge(resource, others, judged)

    def judge_again(self, resource: Resource, rules: Iterable[EnforcedRule]) -> Judged:
        """What the rules say that waited for the resource's dependencies."""
        judged = Judged()
        for enforced in rules:
            family = self._alone[enforced.rule.id]
            if self._applies(family, resource, resource.urn, judged.findings):
                self._judge(resource, family.rules, judged)
        return judged

    def judge_stack(self, stack: Stack) -> list[Finding]:
        """What the rules about several resources say."""
        stack.is_judged = says_what_is_judged(self.rules)
        findings: list[Finding] = []
        for enforced in self.stack_rules:
            if self._applies(self._alone[enforced.rule.id], stack, stack.urn, findings):
                findings += self._apply(enforced, stack, stack.urn)
        return findings

    def _families_for(self, resource_type: ResourceType) -> Sequence[Family]:
        families = self._families.get(resource_type.token)
        if families is None:
            by_when: dict[Callable[[Any], bool], list[EnforcedRule]] = {}
            for enforced in self.rules_for(resource_type):
                by_when.setdefault(enforced.rule.when, []).append(enforced)
            families = [Family.of(rules) for rules in by_when.values()]
            self._families[resource_type.token] = families
        return families

    def _applies(
        self, family: Family, subject: Resource | Stack, urn: str, findings: list[Finding]
    ) -> bool | None:
        """Whether rules apply; `None` where that cannot be told, and each of them says so.

        Raises:
            DependenciesUnknownError: it depends on them, and the source does not know them yet.
        """
        if family.when is always:
            return True
        try:
            applies = family.when(subject)
        except UndecidedError as undecided:
            for enforced in family.rules:
                findings += self._undecided(enforced, subject, urn, undecided)
            return None
        except DependenciesUnknownError:
            raise
        except Exception as error:  # noqa: BLE001 it must not become a pass, nor stop the others
            for enforced in family.rules:
                self._defect(enforced.rule.id, subject, urn, error)
            return None
        if not applies:
            self.decision.skipped[family] += 1
        return applies

    def _judge(self, resource: Resource, rules: Iterable[EnforcedRule], judged: Judged) -> None:
        for enforced in rules:
            try:
                judged.findings += self._apply(enforced, resource, resource.urn)
            except DependenciesUnknownError:
                judged.waiting.append(enforced)

    def _apply(self, enforced: EnforcedRule, subject: Resource | Stack, urn: str) -> list[Finding]:
        rule = enforced.rule
        findings: list[Finding] = []
        ignored = subject.ignored if isinstance(subject, View) else None
        if ignored is not None:
            ignored.forget()
        try:
            for violation in _check(enforced)(subject):
                finding = _finding(enforced, subject, violation)
                findings.append(finding)
        except UndecidedError as undecided:
            # A violation that was found first stands; otherwise the rule does not know.
            if not findings:
                return self._undecided(enforced, subject, urn, undecided)
        except DependenciesUnknownError:
            raise
        except Exception as error:  # noqa: BLE001 whatever a rule raises must not become a pass
            self._defect(rule.id, subject, urn, error)
            return []
        if findings:
            self.decision.findings += findings
        elif ignored is not None and ignored.touched and _is_about_what_is_deployed(rule):
            self.decision.ignored.add(urn)
            touched = ignored.touched
            return self._open(enforced, subject, urn, touched.path, left_as_it_is(touched.entry))
        else:
            self.decision.passed_alone[rule.id] += 1
        return findings

    def _undecided(
        self, enforced: EnforcedRule, subject: Resource | Stack, urn: str, error: UndecidedError
    ) -> list[Finding]:
        of_stack = isinstance(subject, Stack)
        whose = error.resource or (None if of_stack else _resource(subject, urn))
        waiting = (
            Waiting(because=error.because, step=error.step)
            if error.because
            else waiting_for(whose, error.path, of_stack=of_stack)
        )
        return self._open(enforced, subject, urn, error.path, waiting)

    def _open(
        self,
        enforced: EnforcedRule,
        subject: Resource | Stack,
        urn: str,
        path: str,
        waiting: Waiting,
    ) -> list[Finding]:
        """The finding of a rule that did not decide, at the level that settings give to that."""
        if enforced.undecided is EnforcementLevel.DISABLED:
            return []
        resource = _resource(subject, urn)
        finding = Finding(
            enforced.rule,
            Outcome.UNDECIDED,
            enforced.undecided,
            urn,
            path,
            _redact(waiting.message, None, _stack(subject)),
            resource.position if resource else None,
            waiting=waiting,
        )
        self.decision.findings.append(finding)
        return [finding]

    def _defect(self, rule_id: str, subject: Resource | Stack, urn: str, error: Exception) -> None:
        below = error.__traceback__ and error.__traceback__.tb_next
        text = "".join(traceback.format_exception(type(error), error, below, limit=-2))
        about = _resource(subject, urn)
        self.decision.errors.append(RuleError(rule_id, urn, _redact(text, about, _stack(subject))))


def _is_about_what_is_deployed(rule: Rule) -> bool:
    """Whether what a deployment leaves as it is matters to a rule.

    A credential that is written in the program is there, whatever is deployed; and who looks at any
    input of any type finds what the program says.
    """
    return rule.on != ANY_TYPE and rule.service != "credentials"


def _stack(subject: Resource | Stack) -> Stack:
    return subject.stack if isinstance(subject, View) else subject


def _resource(subject: Resource | Stack, urn: str) -> Resource | None:
    if isinstance(subject, View):
        return subject
    return subject.resources.get(urn)


def _finding(enforced: EnforcedRule, subject: Resource | Stack, violation: Violation) -> Finding:
    about = _resource(subject, violation.urn)
    return Finding(
        enforced.rule,
        Outcome.FAILS,
        enforced.level,
        violation.urn,
        violation.path,
        _redact(violation.message, about, _stack(subject)),
        about.position if about else None,
    )


def _redact(message: str, resource: Resource | None, stack: Stack) -> str:
    """The message without any secret that a rule may have put into it."""
    message = stack.secret_config.redact(message)
    if resource is not None:
        for text in sorted(resource.secret_texts, key=len, reverse=True):
            if len(text) > 3:  # noqa: PLR2004 shorter ones are anywhere
                message = message.replace(text, "[secret]")
    return message


def decide(stack: Stack, rules: Iterable[EnforcedRule]) -> Decision:
    """What the rules say about every resource of a stack, and about the stack as a whole.

    Raises:
        DependenciesUnknownError: a rule asks for dependencies and the source does not know them.
    """
    judge = Judge(rules)
    # What is made stays: to look at all of it again and again takes more the more there is.
    with no_collections():
        for resource in stack:
            waiting = judge.judge_resource(resource).waiting
            if waiting:
                raise DependenciesUnknownError(waiting[0].rule.id)
        judge.judge_stack(stack)
    return judge.decision
