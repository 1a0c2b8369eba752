"""From resources to findings, without any protocol's server."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from apex_guardrails.decide import Evaluator, decide
from apex_guardrails.gcp.custom_roles import CUSTOM_ROLES
from apex_guardrails.model import (
    STACK_TYPE,
    EnforcedRule,
    EnforcementLevel,
    Outcome,
    Resource,
    Rule,
    Stack,
)
from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import Costing, PolicyPackSettings
from apex_guardrails.support.garbage import no_collections
from apex_guardrails.testing import build
from apex_guardrails.wire import WireMapping, write_struct
from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.messages import SQL_INSTANCE, instance

SEED = 1
MIX = 500
"""How many resources of the rules' own cases make up the mix that is repeated."""


def enforced(rule: Rule) -> EnforcedRule:
    """A rule in force, with its own parameters."""
    mandatory = EnforcementLevel.MANDATORY
    return EnforcedRule(rule, mandatory, mandatory, rule.parameters())


def mix() -> list[Stack]:
    """A sample of what the rules' cases are about, references between resources included."""
    cases = [
        (rule, case)
        for rule in all_rules()
        for case in rule.cases
        if case.outcome is not Outcome.UNDECIDED
        and case.resources
        # A copy would have the same name, which two cannot have.
        and not any(item.token in CUSTOM_ROLES for item in case.resources)
    ]
    Random(SEED).shuffle(cases)  # noqa: S311 nothing secret
    stacks: list[Stack] = []
    count = 0
    while count < MIX:
        stacks.append(build(*cases.pop()))
        count += len(stacks[-1].resources)
    return stacks


def whole(count: int) -> Stack:
    """About so many resources: the mix, over and over, every copy a part of its own."""
    stack = Stack("bench", "bench")
    stack.outputs = Resource(stack.urn, resource_type(STACK_TYPE), {}, stack)
    parts = mix()
    copy = 0
    while len(stack.resources) < count:
        for number, part in enumerate(parts):
            for item in _copied(part, f"-{copy}-{number}", stack):
                stack.add(item)
        copy += 1
    return stack


def _copied(part: Stack, suffix: str, stack: Stack) -> Iterator[Resource]:
    for item in part:
        inputs = WireMapping(write_struct(item.value if isinstance(item.value, dict) else {}))
        inputs.compact()
        yield Resource(
            item.urn + suffix,
            item.type,
            inputs,
            stack,
            provider=item.provider,
            is_protected=item.is_protected,
            dependencies=[urn + suffix for urn in item.dependencies],
            property_dependencies={
                name: tuple(urn + suffix for urn in urns)
                for name, urns in (item.property_dependencies or {}).items()
            },
        )


def decide_once(count: int) -> str:
    """Seconds per resource and bytes at most, of this process."""
    stack = whole(count)
    rules = [enforced(rule) for rule in all_rules()]
    start = perf_counter()
    decision = decide(stack, rules)
    seconds = perf_counter() - start
    if decision.errors:
        raise RuntimeError(f"a rule raised: {decision.errors[0]}")
    return f"{seconds / len(stack.resources)} {_most_resident()}"


def _most_resident() -> int:
    """The most bytes that were resident: of this program: getrusage knows its parent's, too."""
    [line] = re.findall(r"^VmHWM:\s*(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(line) * 1024


def decided(count: int) -> tuple[float, float]:
    """As `decide_once`, in a process of its own."""
    return _apart("--decide", count)


def _apart(what: str, count: int) -> tuple[float, float]:
    printed = subprocess.run(
        [sys.executable, "-m", "scripts.bench", what, str(count)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    first, second = map(float, printed.split())
    return first, second


def growth() -> Measurement:
    """Ten times the resources, at most eleven times the time."""
    pairs = [(decided(10_000)[0], decided(1000)[0]) for _ in range(3)]
    return Measurement(
        "10,000 resources to findings / 1,000",
        statistics.median(10 * many / few for many, few in pairs),
        11,
        "x",
        f"{statistics.median(many for many, _ in pairs) * 10_000:.2f} s",
    )


def memory() -> Measurement:
    """The memory of judging 10,000 resources, interpreter and rules included."""
    return Measurement(
        "10,000 resources to findings, memory", decided(10_000)[1] / 1e6, 1000, "MB", "resident"
    )


def cost_once(count: int) -> str:
    """What an estimate takes besides judging, as a share of it, and its seconds."""
    stack = whole(count)
    rules = [enforced(rule) for rule in all_rules()]
    limits = {"budget": 0, "max_increase": 0, "max_unpriced": 0, "max_share": "0.01"}
    costing = Costing(PolicyPackSettings.model_validate({"cost": limits}), "bench")
    # Prices and estimators are loaded while the program runs.
    costing.of(Stack("bench", "bench"))()
    start = process_time()
    decide(stack, rules)
    judged = process_time()
    costing.of(stack)
    stack.spending.base = Decimal(0)
    evaluator = Evaluator(item for item in rules if item.rule.service == "cost")
    # As where it is judged with the other rules.
    with no_collections():
        evaluator.evaluate_stack(stack)
    end = process_time()
    if evaluator.decision.errors or len(evaluator.decision.findings) < 2:  # noqa: PLR2004 each limit is exceeded
        raise RuntimeError("the limits of the cost were not judged")
    return f"{(end - judged) / (judged - start)} {end - judged}"


def cost() -> Measurement:
    """Estimating and judging the cost of 10,000 resources: a fifth of judging them, at most."""
    runs = [_apart("--cost", 10_000) for _ in range(3)]
    return Measurement(
        "cost of 10,000 resources / judging them",
        statistics.median(share for share, _ in runs),
        0.2,
        "x",
        f"{statistics.median(seconds for _, seconds in runs):.2f} s",
    )


def one_rule_more() -> Measurement:
    """Two hundred rules more that are about other resources: they must cost nothing."""
    stack = Stack("bench", "bench")
    properties = instance()
    databases = [
        Resource(f"urn:pulumi:b::b::{SQL_INSTANCE}::{number}", resource_type(SQL_INSTANCE),
                 WireMapping(properties), stack, dependencies=(), property_dependencies={})
        for number in range(1000)
    ]  # fmt: skip
    rules = [enforced(rule) for rule in all_rules() if rule.scope == "resource"]
    elsewhere = next(item for item in rules if not item.rule.is_about(resource_type(SQL_INSTANCE)))
    others = [
        replace(elsewhere, rule=replace(elsewhere.rule, id=f"other-{number}"))
        for number in range(200)
    ]

    def judged(more: list[EnforcedRule]) -> float:
        evaluator = Evaluator([*rules, *more])
        start = perf_counter()
        for database in databases:
            evaluator.evaluate_resource(database)
        return perf_counter() - start

    few, many = partial(judged, []), partial(judged, others)
    few(), many()
    pairs = [(many(), few()) for _ in range(RUNS)]
    return Measurement(
        "1,000 resources with 200 rules more about others / without",
        statistics.median(with_more / without for with_more, without in pairs),
        1.05,
        "x",
        f"{statistics.median(with_more for with_more, _ in pairs):.3f} s",
    )
