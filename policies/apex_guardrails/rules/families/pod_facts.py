"""What pods must not have: one rule each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.gcp.cluster_objects import (
    WITH_PODS,
    containers,
    in_place,
    pod_specs,
)
from apex_guardrails.model import UNKNOWN, Resource, Rule, Stack, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.model.view import View
from apex_guardrails.rules.families.table import RuleRow, RuleTable

DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
DAEMON_SET: Final = "kubernetes:apps/v1:DaemonSet"

Look = Callable[[View], Iterator[Violation]]


@dataclass(frozen=True, kw_only=True)
class PodFact:
    """What a rule is about.

    Attributes:
        look: what is wrong with a pod, or with a container where `of_containers`.
        good: some that pass; the first is shown.
        bad: some that fail; the first is shown.
        unclear: some of which it cannot be told.
        on: the types.
        shown: the one that its cases are about.
    """

    look: Look
    good: tuple[dict[str, Any], ...]
    bad: tuple[dict[str, Any], ...]
    unclear: tuple[dict[str, Any], ...]
    of_containers: bool = False
    on: tuple[str, ...] = WITH_PODS
    shown: str = DEPLOYMENT


def _check(fact: PodFact) -> Check:
    def in_pod(pod: View) -> Iterator[Violation]:
        return Stack.each(containers(pod), fact.look) if fact.of_containers else fact.look(pod)

    def check(resource: Resource) -> Iterator[Violation]:
        return Stack.each(pod_specs(resource), in_pod)

    return check


_SHAPES: Final = (
    DEPLOYMENT,
    "kubernetes:core/v1:Pod",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:core/v1:PodList",
)


def _cases_in(fact: PodFact, token: str) -> Iterator[Case]:
    def of(spec: Any) -> case.CaseResource:
        return case.CaseResource(token, in_place(token, spec))

    lists = ("containers", "initContainers") if fact.of_containers else ()
    for expected, specs in (
        (case.fails, fact.bad),
        (case.passes, fact.good),
        (case.undecided, fact.unclear),
    ):
        for spec in specs:
            for name in lists:
                yield expected(of({name: [spec]}))
            if not lists:
                yield expected(of(spec))
    yield case.undecided(of(UNKNOWN))
    for name in lists:
        yield case.undecided(of({name: UNKNOWN}))
    if lists:
        bad = fact.bad[0]
        yield case.fails(of({"containers": [UNKNOWN, bad]}))
        yield case.fails(of({"containers": [fact.unclear[0], bad]}))
        yield case.fails(of({"containers": UNKNOWN, "initContainers": [bad]}))
        yield case.passes(of({}))


def _cases(fact: PodFact) -> Iterator[Case]:
    for token in _SHAPES:
        yield from _cases_in(fact, token)
    bad = {"containers": [fact.bad[0]]} if fact.of_containers else fact.bad[0]
    item = in_place("kubernetes:core/v1:Pod", bad)
    pods = "kubernetes:core/v1:PodList"
    yield case.fails(case.resource(pods, items=[UNKNOWN, in_place(pods, {}), item]))
    yield case.passes(case.resource(pods))
    yield case.undecided(case.resource(pods, items=UNKNOWN))


def _own_cases(fact: PodFact) -> Iterator[Case]:
    return _cases_in(fact, fact.shown)


def security(**settings: Any) -> dict[str, Any]:
    """A pod or a container of a case, with such a context."""
    return {"securityContext": settings}


def in_containers(*specs: Any) -> tuple[dict[str, Any], ...]:
    """Pods with one container each, that is started as usual or before the others."""
    return tuple({name: [spec]} for spec in specs for name in ("containers", "initContainers"))


def pod_rules(module: str, rows: Iterable[RuleRow[PodFact]]) -> list[Rule]:
    """The rules of a module, one for each row."""
    return RuleTable[PodFact](
        on=lambda fact: fact.on, check=_check, cases=_cases, own_cases=_own_cases
    ).rules(module, rows)
