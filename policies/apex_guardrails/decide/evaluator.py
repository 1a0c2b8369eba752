"""Asks rules about resources, and about the stack that they make up."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from apex_guardrails.decide.decision import Decision, Family, RuleError
from apex_guardrails.model import (
    ANY_TYPE,
    UNKNOWN,
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Outcome,
    Resource,
    ResourceType,
    Rule,
    Stack,
    UndecidedError,
    Violation,
)
from apex_guardrails.model.ignored import Touched
from apex_guardrails.model.policy import always
from apex_guardrails.model.reach import says_what_is_evaluated
from apex_guardrails.model.view import (
    DependenciesUnknownError,
    NeverToldError,
    NotApplicableError,
    RuleFailedError,
    View,
)
from apex_guardrails.model.waiting import Waiting, left_as_it_is, waiting_for
from apex_guardrails.support.errors import Interruption
from apex_guardrails.support.garbage import no_collections
from apex_guardrails.support.streams import aside

Prove: TypeAlias = Callable[[Iterable[Rule]], None]
"""What is done with rules before they are asked for the first time; it raises to stop that."""


def unproven(_rules: Iterable[Rule]) -> None:
    """Asks rules as they are."""


_STACK: Final = ""
"""In place of a stack's URN, until there is a stack."""


_NOT_TRANSLATED: Final = Waiting(
    because="something there has no translation to Google Cloud's own provider",
    step="Look at it yourself, or make the resource with that provider",
)


@dataclass(slots=True)
class Evaluation:
    """What rules say of one resource, or of the stack.

    Attributes:
        findings: what does not pass.
        errors: rules that raised.
        waiting: the rules that must be asked again when dependencies are known.
        skipped: the rules about it that do not apply to it.
    """

    findings: list[Finding] = field(default_factory=list)
    errors: list[RuleError] = field(default_factory=list)
    waiting: list[EnforcedRule] = field(default_factory=list)
    skipped: list[Family] = field(default_factory=list)

    def add(self, other: Evaluation) -> None:
        """Takes in what they say of the same resource as one of another provider."""
        self.findings += other.findings
        self.errors += other.errors
        self.waiting += other.waiting
        self.skipped += other.skipped


class Evaluator:
    """Asks rules about resources as they come, and about the stack when it is whole.

    Rules are proven when the first resource comes that they are about: those about types that a
    stack does not have cost nothing.
    """

    def __init__(self, rules: Iterable[EnforcedRule], prove: Prove = unproven) -> None:
        self._prove = prove
        in_force = [
            enforced for enforced in rules if enforced.level is not EnforcementLevel.DISABLED
        ]
        self.resource_rules = [item for item in in_force if item.rule.scope == "resource"]
        self.rules = [item.rule for item in in_force]
        self.stack_rules = [item for item in in_force if item.rule.scope == "stack"]
        self.decision = Decision()
        for item in self.stack_rules:
            self.decision.unsaid[item.rule.id].add(_STACK)
        self._by_type: dict[str, Sequence[EnforcedRule]] = {}
        self._naming: defaultdict[str, list[int]] = defaultdict(list)
        self._asking: list[int] = []
        for place, item in enumerate(self.resource_rules):
            types = item.rule.types
            if types is None:
                self._asking.append(place)
            for token in types or ():
                self._naming[token].append(place)
        self._families: dict[str, Sequence[Family]] = {}
        self._alone = {item.rule.id: Family.of([item]) for item in in_force}

    def rules_for(self, resource_type: ResourceType) -> Sequence[EnforcedRule]:
        """The resource rules that are about a type."""
        rules = self._by_type.get(resource_type.token)
        if rules is None:
            # Nearly all rules name their types: they need not be asked about every other.
            known = self.resource_rules
            asked = (place for place in self._asking if known[place].rule.is_about(resource_type))
            places = sorted({*self._naming.get(resource_type.token, ()), *asked})
            rules = [known[place] for place in places]
            self._prove(item.rule for item in rules)
            self._by_type[resource_type.token] = rules
        return rules

    def evaluate_resource(self, resource: Resource) -> Evaluation:
        """What the rules say about one resource."""
        found = self._evaluate(self._families_for(resource.type), resource, resource.urn)
        same = resource.equivalent
        if same is not None:
            # What looks for something in any input has looked at what the program says.
            families = [it for it in self._families_for(same.type) if it.found_by is None]
            found.add(self._evaluate(families, same, same.urn))
        return found

    def evaluate_again(self, resource: Resource, rules: Iterable[EnforcedRule]) -> Evaluation:
        """What the rules say that waited for the resource's dependencies."""
        families = [self._alone[enforced.rule.id] for enforced in rules]
        for family in families:
            self.decision.unsaid[family.ids[0]].discard(resource.urn)
        found = Evaluation()
        for item in (resource, resource.equivalent):
            if item is not None:
                about = [it for it in families if it.rules[0].rule.is_about(item.type)]
                found.add(self._evaluate(about, item, item.urn))
        return found

    def evaluate_stack(self, stack: Stack) -> Evaluation:
        """What the rules about several resources say.

        Raises:
            DependenciesUnknownError: a rule asks for dependencies that the source does not know.
        """
        self._prove(item.rule for item in self.stack_rules)
        stack.is_evaluated = says_what_is_evaluated(self.rules)
        families = [self._alone[enforced.rule.id] for enforced in self.stack_rules]
        evaluation = self._evaluate(families, stack, stack.urn)
        if evaluation.waiting:
            raise DependenciesUnknownError(evaluation.waiting[0].rule.id)
        for enforced in self.stack_rules:
            self.decision.unsaid[enforced.rule.id].discard(_STACK)
        return evaluation

    def leave_out(self, resource: Resource) -> None:
        """Takes note of a resource that is not evaluated: nothing passes on it."""
        for enforced in self.rules_for(resource.type):
            self.decision.unsaid[enforced.rule.id].add(resource.urn)

    def _families_for(self, resource_type: ResourceType) -> Sequence[Family]:
        families = self._families.get(resource_type.token)
        if families is None:
            alike: dict[tuple[object, object], list[EnforcedRule]] = {}
            for enforced in self.rules_for(resource_type):
                key = enforced.rule.when, enforced.rule.found_by
                alike.setdefault(key, []).append(enforced)
            families = [Family.of(rules) for rules in alike.values()]
            self._families[resource_type.token] = families
        return families

    def _evaluate(
        self, families: Iterable[Family], subject: Resource | Stack, urn: str
    ) -> Evaluation:
        evaluation = Evaluation()
        # What a rule prints is in no report.
        with aside():
            for family in families:
                try:
                    applies = family.when is always or family.when(subject)
                    passes = applies and _finds_nothing(family, subject)
                except UndecidedError as error:
                    for enforced in family.rules:
                        self._undecided(enforced, subject, urn, error, evaluation)
                except DependenciesUnknownError:
                    self._wait(family.rules, subject, urn, evaluation)
                except (Exception, SystemExit) as error:  # noqa: BLE001 it must not become a pass
                    evaluation.errors += [
                        _defect(enforced.rule, subject, urn, error) for enforced in family.rules
                    ]
                else:
                    if not applies:
                        self._skip(family, evaluation)
                    elif not passes:
                        self._evaluate_family(family, subject, urn, evaluation)
        self.decision.findings += evaluation.findings
        self.decision.errors += evaluation.errors
        for enforced in evaluation.waiting:
            self.decision.unsaid[enforced.rule.id].add(urn)
        return evaluation

    def _evaluate_family(
        self, family: Family, subject: Resource | Stack, urn: str, evaluation: Evaluation
    ) -> None:
        ignored = subject.ignored if isinstance(subject, View) else None
        for enforced, check in zip(family.rules, family.checks, strict=True):
            if ignored is not None:
                ignored.forget()
            found: list[Finding] = []
            try:
                for violation in check(subject):
                    finding = _finding(enforced, subject, violation)
                    found.append(finding)
            except UndecidedError as error:
                # A violation that was found first stands; otherwise the rule does not know.
                if not found:
                    self._undecided(enforced, subject, urn, error, evaluation)
            except (DependenciesUnknownError, NotApplicableError) as error:
                self._put_aside(enforced, subject, urn, error, evaluation)
                continue
            except (Exception, SystemExit) as error:  # noqa: BLE001 nor may whatever else it raises
                evaluation.errors.append(_defect(enforced.rule, subject, urn, error))
                continue
            else:
                if ignored is not None and not found:
                    self._left_as_it_is(enforced, subject, urn, ignored.touched, evaluation)
            evaluation.findings += found

    def _left_as_it_is(
        self,
        enforced: EnforcedRule,
        subject: Resource | Stack,
        urn: str,
        touched: Touched | None,
        evaluation: Evaluation,
    ) -> None:
        """A rule that finds nothing in inputs of which the deployment ignores changes."""
        if touched and _is_about_what_is_deployed(enforced.rule):
            self.decision.ignored.add(urn)
            waiting = left_as_it_is(touched.entry)
            self._open(enforced, subject, urn, touched.path, waiting, evaluation)

    def _put_aside(
        self,
        enforced: EnforcedRule,
        subject: Resource | Stack,
        urn: str,
        error: Exception,
        evaluation: Evaluation,
    ) -> None:
        """A rule that will be asked later, or says that it does not apply."""
        if isinstance(error, NotApplicableError):
            self._skip(self._alone[enforced.rule.id], evaluation)
        else:
            self._wait([enforced], subject, urn, evaluation)

    def _skip(self, family: Family, evaluation: Evaluation) -> None:
        self.decision.skipped[family] += 1
        evaluation.skipped.append(family)

    def _wait(
        self,
        rules: Sequence[EnforcedRule],
        subject: Resource | Stack,
        urn: str,
        evaluation: Evaluation,
    ) -> None:
        """What becomes of rules that ask for dependencies: they wait, or the source never tells."""
        reason = _stack(subject).without_dependencies
        if reason is None:
            evaluation.waiting += rules
            return
        for enforced in rules:
            waiting = Waiting(because=reason.because, step=reason.step)
            self._open(enforced, subject, urn, "", waiting, evaluation)

    def _undecided(
        self,
        enforced: EnforcedRule,
        subject: Resource | Stack,
        urn: str,
        error: UndecidedError,
        evaluation: Evaluation,
    ) -> None:
        # The frames it came through refer to it: what refers to itself is freed late.
        error.__traceback__ = None
        if isinstance(error, NeverToldError) and enforced.undecided is EnforcementLevel.MANDATORY:
            enforced = replace(enforced, when_undecided=EnforcementLevel.ADVISORY)
        of_stack = isinstance(subject, Stack)
        whose = error.resource or (subject if isinstance(subject, Resource) else None)
        waiting = (
            Waiting(because=error.because, step=error.step)
            if error.because
            else waiting_for(whose, error.path, of_stack=of_stack)
        )
        path = error.path
        if whose is not None and whose.places is not None:
            path = whose.told_at(path)
            if whose.stack.resources[whose.urn].peek(path) is not UNKNOWN:
                waiting = _NOT_TRANSLATED
                enforced = replace(enforced, when_undecided=EnforcementLevel.ADVISORY)
        self._open(enforced, subject, urn, path, waiting, evaluation)

    def _open(  # noqa: PLR0913, PLR0917 each is a fact of its own
        self,
        enforced: EnforcedRule,
        subject: Resource | Stack,
        urn: str,
        path: str,
        waiting: Waiting,
        evaluation: Evaluation,
    ) -> None:
        """The finding of a rule that did not decide, at the level that settings give to that."""
        if enforced.undecided is EnforcementLevel.DISABLED:
            self.decision.unsaid[enforced.rule.id].add(urn)
            return
        resource = _resource(subject, urn)
        evaluation.findings.append(
            Finding(
                enforced.rule,
                Outcome.UNDECIDED,
                enforced.undecided,
                urn,
                path,
                _redact(waiting.message, None, _stack(subject)),
                resource.position if resource else None,
                waiting=waiting,
            )
        )


def _finds_nothing(family: Family, subject: Any) -> bool:
    """Whether the search that rules share finds nothing for any of them.

    Where changes are ignored, each rule is asked: what it reads is watched.
    """
    return family.found_by is not None and subject.ignored is None and not family.found_by(subject)


def _defect(rule: Rule, subject: Resource | Stack, urn: str, error: BaseException) -> RuleError:
    if isinstance(error, Interruption):
        raise error
    below = error.__traceback__ and error.__traceback__.tb_next
    text = (
        str(error)
        if isinstance(error, RuleFailedError)
        else "".join(traceback.format_exception(type(error), error, below, limit=-2))
    )
    about = _resource(subject, urn)
    return RuleError(rule.id, urn, _redact(text, about, _stack(subject)))


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
        violation.position or (about.position if about else None),
    )


def _redact(message: str, resource: Resource | None, stack: Stack) -> str:
    """The message without any secret that a rule may have put into it."""
    message = stack.secret_config.redact(message)
    if resource is not None:
        for text in sorted(resource.secret_texts, key=len, reverse=True):
            if len(text) > 3:  # noqa: PLR2004 shorter ones are anywhere
                message = message.replace(text, "[secret]")
    return message


def decide(stack: Stack, rules: Iterable[EnforcedRule], prove: Prove = unproven) -> Decision:
    """What the rules say about every resource of a stack, and about the stack as a whole.

    Args:
        stack: what would be deployed.
        rules: every rule as it is in force.
        prove: what is done with rules before they are asked; nothing if left out.

    Raises:
        DependenciesUnknownError: a rule asks for dependencies and the source does not know them.
    """
    evaluator = Evaluator(rules, prove)
    # What is made stays: to look at all of it again and again takes more the more there is.
    with no_collections():
        for resource in stack:
            if resource.is_read:
                evaluator.leave_out(resource)
                continue
            waiting = evaluator.evaluate_resource(resource).waiting
            if waiting:
                raise DependenciesUnknownError(waiting[0].rule.id)
        evaluator.evaluate_stack(stack)
    return evaluator.decision
