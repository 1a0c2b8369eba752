"""What is decided when rules pass, fail, cannot know, or break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from apex_guardrails.controls.coverage import Result, results
from apex_guardrails.decide import Decision, Evaluator, decide
from apex_guardrails.model import (
    UNKNOWN,
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
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.policy import Check, Scope
from apex_guardrails.model.value import Secret
from apex_guardrails.model.view import DependenciesUnknownError
from apex_guardrails.provider import resource_type

NETWORK = "gcp:compute/network:Network"
MANDATORY, ADVISORY, DISABLED = (
    EnforcementLevel.MANDATORY,
    EnforcementLevel.ADVISORY,
    EnforcementLevel.DISABLED,
)


def make_rule(
    check: Check, *, name: str = "a-rule", scope: Scope = "resource", severity: str = "high"
) -> Rule:
    return Rule(
        id=name,
        service="test",
        module=__name__,
        title="A title",
        why="A reason.",
        severity=Severity(severity),
        on=NETWORK if scope == "resource" else "*",
        controls=(),
        fix="A fix.",
        level=MANDATORY,
        scope=scope,
        parameters=NoParameters,
        check=check,
    )


def enforced(
    rule: Rule,
    level: EnforcementLevel = MANDATORY,
    undecided: EnforcementLevel = MANDATORY,
) -> EnforcedRule:
    return EnforcedRule(rule, level, undecided, NoParameters())


def stack_of(*inputs: Mapping[str, Any], token: str = NETWORK) -> Stack:
    stack = Stack("dev", "p", secret_config=SecretConfig({"p:key": "value-of-the-secret"}))
    for number, item in enumerate(inputs):
        urn = f"urn:pulumi:dev::p::{token}::n{number}"
        stack.add(Resource(urn, resource_type(token), item, stack))
    return stack


def must_be_private(network: Resource) -> Iterable[Violation]:
    if network.get("public", omitted=True):
        yield network.fail("is public", at="public")


def judged(rule: Rule, *inputs: Mapping[str, Any], **levels: EnforcementLevel) -> Decision:
    return decide(stack_of(*inputs), [enforced(rule, **levels)])


def passed_by(decision: Decision, stack: Stack, *rules: EnforcedRule) -> dict[str, int]:
    """On how many resources each rule passes: on those that nothing is said of."""
    said = {
        item.rule.id: item.counts[Result.PASSES]
        for item in results(rules, stack, decision.findings, decision)
    }
    return {name: count for name, count in said.items() if count}


def passed(rule: Rule, *inputs: Mapping[str, Any], **levels: EnforcementLevel) -> int:
    stack, one = stack_of(*inputs), enforced(rule, **levels)
    return passed_by(decide(stack, [one]), stack, one).get(rule.id, 0)


def is_allowed(decision: Decision) -> bool:
    """Whether nothing mandatory fails and every rule could be asked."""
    return not decision.errors and not any(item.level is MANDATORY for item in decision.findings)


def test_a_rule_passes_fails_or_does_not_know() -> None:
    networks: list[dict[str, Any]] = [{"public": False}, {"public": True}, {}, {"public": UNKNOWN}]
    decision = judged(make_rule(must_be_private), *networks)

    assert passed(make_rule(must_be_private), *networks) == 1
    assert [(item.urn[-2:], item.outcome, item.path) for item in decision.findings] == [
        ("n1", Outcome.FAILS, "public"),
        ("n2", Outcome.FAILS, "public"),
        ("n3", Outcome.UNDECIDED, "public"),
    ]
    assert not is_allowed(decision)


def test_a_rule_about_other_types_neither_passes_nor_fails() -> None:
    stack = stack_of({}, token="gcp:compute/router:Router")
    rule = enforced(make_rule(must_be_private))
    decision = decide(stack, [rule])

    assert not decision.findings
    assert not passed_by(decision, stack, rule)


def test_a_rule_about_some_resources_of_its_type_does_not_pass_on_the_others() -> None:
    def is_custom(network: Resource) -> bool:
        return network.is_set("custom")

    rule = replace(make_rule(must_be_private), when=is_custom)
    other = replace(make_rule(must_be_private, name="other"), when=is_custom)
    stack = stack_of({"custom": True, "public": False}, {"public": True})
    rules = [enforced(rule), enforced(other)]
    decision = decide(stack, rules)

    assert decision.findings == []
    assert passed_by(decision, stack, *rules) == {"a-rule": 1, "other": 1}
    assert [decision.not_applicable(name) for name in ("a-rule", "other", "none")] == [1, 1, 0]


def test_a_rule_that_cannot_say_what_it_is_about_is_no_pass() -> None:
    def breaks(network: Resource) -> bool:
        raise KeyError(network.urn)

    rule = replace(make_rule(must_be_private), when=breaks)
    decision = decide(stack_of({}), [enforced(rule), enforced(make_rule(must_be_private))])

    assert [error.rule_id for error in decision.errors] == ["a-rule"]
    assert not is_allowed(decision)


@pytest.mark.parametrize("scope", ["resource", "stack"])
def test_rules_that_may_be_about_it_are_undecided(scope: Any) -> None:
    def is_custom(subject: Resource | Stack) -> bool:
        network = subject if isinstance(subject, Resource) else next(iter(subject))
        return network.get("custom") is True

    def passes(_subject: Any) -> Iterable[Violation]:
        return ()

    rule = replace(make_rule(passes), when=is_custom, scope=scope)
    other = replace(make_rule(passes, name="other"), when=is_custom, scope=scope)
    silent = replace(make_rule(passes, name="silent"), when=is_custom, scope=scope)
    stack = stack_of({"custom": UNKNOWN})
    rules = [enforced(rule), enforced(other), enforced(silent, undecided=DISABLED)]
    decision = decide(stack, rules)

    assert {finding.rule.id for finding in decision.findings} == {"a-rule", "other"}
    assert {finding.outcome for finding in decision.findings} == {Outcome.UNDECIDED}
    assert {finding.path for finding in decision.findings} == {"custom"}
    assert not passed_by(decision, stack, *rules)
    assert not decision.skipped


def test_advice_does_not_block() -> None:
    assert is_allowed(judged(make_rule(must_be_private), {}, level=ADVISORY))
    assert is_allowed(judged(make_rule(must_be_private), {"public": UNKNOWN}, undecided=ADVISORY))


def test_a_disabled_rule_is_not_asked() -> None:
    def explode(network: Resource) -> Iterable[Violation]:
        raise AssertionError(network)

    decision = judged(make_rule(explode), {}, level=DISABLED)

    assert decision == Decision()


def test_not_knowing_may_be_nobodys_business_but_is_never_a_pass() -> None:
    decision = judged(make_rule(must_be_private), {"public": UNKNOWN}, undecided=DISABLED)

    assert decision.findings == []
    assert passed(make_rule(must_be_private), {"public": UNKNOWN}, undecided=DISABLED) == 0


def test_a_violation_that_was_found_stands_though_the_rest_is_not_known() -> None:
    def check(network: Resource) -> Iterable[Violation]:
        yield network.fail("is wrong already", at="first")
        network.get("second")

    decision = judged(make_rule(check), {"second": UNKNOWN})

    assert [item.outcome for item in decision.findings] == [Outcome.FAILS]


def test_a_rule_that_raises_is_no_pass_and_stops_the_deployment() -> None:
    def check(network: Resource) -> Iterable[Violation]:
        raise ZeroDivisionError(network.get("name"))

    decision = judged(make_rule(check), {"name": "value-of-the-secret"})

    assert not is_allowed(decision)
    assert passed(make_rule(check), {}) == 0
    [error] = decision.errors
    assert error.rule_id == "a-rule"
    assert error.urn.endswith("::n0")
    assert "ZeroDivisionError: [secret p:key]" in error.error
    assert "value-of-the-secret" not in error.error


def test_a_message_shows_no_secret() -> None:
    def check(network: Resource) -> Iterable[Violation]:
        yield network.fail(f"is {network.get('name')} and {network.get('other')}")

    secret = Secret("marked-by-the-program")
    [finding] = judged(make_rule(check), {"name": "value-of-the-secret", "other": secret}).findings

    assert finding.message == "is [secret p:key] and [secret]"


def test_the_worst_comes_first() -> None:
    rules = [
        enforced(make_rule(must_be_private, name="advice", severity="critical"), ADVISORY),
        enforced(make_rule(must_be_private, name="low", severity="low")),
        enforced(make_rule(must_be_private, name="b-critical", severity="critical")),
        enforced(make_rule(must_be_private, name="a-critical", severity="critical")),
    ]
    decision = decide(stack_of({}), rules)

    assert [item.rule.id for item in sorted(decision.findings, key=Finding.gravity)] == [
        "a-critical",
        "b-critical",
        "low",
        "advice",
    ]


def test_a_rule_about_the_stack_is_asked_once() -> None:
    def check(stack: Stack) -> Iterable[Violation]:
        networks = list(stack.of_type(NETWORK))
        if len(networks) > 1:
            yield networks[0].fail("is one of several")
        if not networks:
            yield stack.fail("there is none")

    rule = make_rule(check, scope="stack")

    assert passed(rule, {}) == 1
    assert passed(rule, {}, {}) == 0
    [several] = decide(stack_of({}, {}), [enforced(rule)]).findings
    assert several.urn.endswith("::n0")
    [none] = decide(stack_of(), [enforced(rule)]).findings
    assert none.urn == "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"


def test_a_rule_about_the_stack_may_not_know_either() -> None:
    def check(stack: Stack) -> Iterable[Violation]:
        for network in stack.of_type(NETWORK):
            network.get("name")
        return ()

    [finding] = decide(
        stack_of({"name": UNKNOWN}), [enforced(make_rule(check, scope="stack"))]
    ).findings

    assert finding.outcome is Outcome.UNDECIDED
    assert finding.path == "name"


def test_a_rule_that_needs_dependencies_waits_for_them() -> None:
    def check(network: Resource) -> Iterable[Violation]:
        if not network.refers_to("project", "gcp:organizations/project:Project"):
            yield network.fail("is in somebody else's project", at="project")

    rule = enforced(make_rule(check))
    stack = stack_of({"project": UNKNOWN})
    [network] = stack
    evaluator = Evaluator([rule])

    assert evaluator.evaluate_resource(network).waiting == [rule]
    assert evaluator.decision.findings == []
    assert not passed_by(evaluator.decision, stack, rule)
    with pytest.raises(DependenciesUnknownError, match="a-rule"):
        decide(stack, [rule])

    project = "urn:pulumi:dev::p::gcp:organizations/project:Project::main"
    network.learn([project], {"project": [project]}, {})
    assert passed_by(decide(stack, [rule]), stack, rule) == {"a-rule": 1}
    network.learn([], {}, {})
    assert [item.path for item in decide(stack, [rule]).findings] == ["project"]


def test_whether_a_rule_applies_waits_for_dependencies_too() -> None:
    def in_project(network: Resource) -> bool:
        return network.refers_to("project", "gcp:organizations/project:Project")

    def check(network: Resource) -> Iterable[Violation]:
        yield network.fail("is in a project of the stack", at="project")

    rule = enforced(replace(make_rule(check), when=in_project))
    stack = stack_of({"project": UNKNOWN})
    [network] = stack
    evaluator = Evaluator([rule])
    assert evaluator.evaluate_resource(network).waiting == [rule]
    assert evaluator.decision.findings == []
    assert not passed_by(evaluator.decision, stack, rule)

    project = "urn:pulumi:dev::p::gcp:organizations/project:Project::main"
    network.learn([project], {"project": [project]}, {})
    assert [item.path for item in evaluator.evaluate_again(network, [rule]).findings] == ["project"]
    network.learn([], {}, {})
    assert evaluator.evaluate_again(network, [rule]).findings == []
    assert evaluator.decision.not_applicable("a-rule") == 1


def ignoring(*entries: str, **inputs: Any) -> Stack:
    stack = Stack("dev", "p")
    made = Resource(
        f"urn:pulumi:dev::p::{NETWORK}::vpc",
        resource_type(NETWORK),
        inputs,
        stack,
        dependencies=(),
        property_dependencies={},
        ignore_changes=entries,
    )
    return stack.add(made)


def no_routing(network: Resource) -> Iterable[Violation]:
    if network.get("routingMode", omitted="REGIONAL") != "REGIONAL":
        yield network.fail("routes globally", at="routingMode")


@pytest.mark.parametrize(
    ("entries", "mode", "outcome"),
    [
        ((), "REGIONAL", None),
        (("description",), "REGIONAL", None),
        (("routingMode",), "REGIONAL", Outcome.UNDECIDED),
        (("routing_mode",), "REGIONAL", Outcome.UNDECIDED),
        (("*",), None, Outcome.UNDECIDED),
        # What the program says is wrong, whatever is deployed.
        (("routingMode",), "GLOBAL", Outcome.FAILS),
    ],
)
def test_a_pass_that_read_what_a_deployment_leaves_as_it_is_is_none(
    entries: tuple[str, ...], mode: str | None, outcome: Outcome | None
) -> None:
    stack, rule = ignoring(*entries, routingMode=mode), enforced(make_rule(no_routing))
    decision = decide(stack, [rule])
    assert [item.outcome for item in decision.findings] == ([outcome] if outcome else [])
    assert passed_by(decision, stack, rule) == ({} if outcome else {"a-rule": 1})
    assert bool(decision.ignored) is (outcome is Outcome.UNDECIDED)


def test_a_rule_looks_at_a_resource_once() -> None:
    looks: list[str] = []

    def check(network: Resource) -> Iterable[Violation]:
        looks.append(network.urn[-2:])
        yield from must_be_private(network)

    judged(make_rule(check), {"public": False}, {"public": True}, {"public": UNKNOWN})
    assert looks == ["n0", "n1", "n2"]


def test_nothing_passes_on_what_was_left_out_or_not_asked_yet() -> None:
    rules = [
        enforced(make_rule(must_be_private)),
        enforced(make_rule(lambda _: (), scope="stack", name="all")),
    ]
    stack = stack_of({"public": False}, {"public": False})
    evaluator = Evaluator(rules)
    first, second = stack
    evaluator.evaluate_resource(first)
    evaluator.leave_out(second)
    assert passed_by(evaluator.decision, stack, *rules) == {"a-rule": 1}
    evaluator.evaluate_stack(stack)
    assert passed_by(evaluator.decision, stack, *rules) == {"a-rule": 1, "all": 1}


def test_what_is_said_of_an_ignored_change_and_how_much_it_counts() -> None:
    [finding] = decide(
        ignoring("routingMode", routingMode="REGIONAL"), [enforced(make_rule(no_routing))]
    ).findings
    assert finding.level is MANDATORY
    assert finding.path == "routingMode"
    assert finding.message == (
        "cannot be decided before deployment: routingMode is in ignore_changes: what is deployed "
        "counts, and a preview does not know it"
    )
    assert finding.fix.startswith(
        "Take it out of ignore_changes; judge what is deployed (apex audit)"
    )
    lenient = replace(enforced(make_rule(no_routing)), when_undecided=DISABLED)
    stack = ignoring("routingMode")
    decision = decide(stack, [lenient])
    assert decision.findings == []
    assert not passed_by(decision, stack, lenient)
    assert decision.ignored == {f"urn:pulumi:dev::p::{NETWORK}::vpc"}


def test_rules_that_share_what_an_ignored_input_says_are_all_undecided() -> None:
    def mode(network: Resource) -> str:
        return str(network.get("routingMode"))

    def is_regional(network: Resource) -> Iterable[Violation]:
        if network.once(mode) != "REGIONAL":
            yield network.fail("routes globally", at="routingMode")

    rules = [enforced(make_rule(is_regional, name=name)) for name in ("a-rule", "b-rule")]
    decision = decide(ignoring("routingMode", routingMode="REGIONAL"), rules)
    assert [item.outcome for item in decision.findings] == [Outcome.UNDECIDED] * 2


def test_one_rule_s_reading_is_not_another_s() -> None:
    def named(network: Resource) -> Iterable[Violation]:
        if not network.is_set("name"):
            yield network.fail("has no name")

    rules = [
        enforced(make_rule(check, name=name))
        for check, name in ((no_routing, "first"), (named, "second"))
    ]
    stack = ignoring("routingMode", name="n")
    decision = decide(stack, rules)
    assert [item.rule.id for item in decision.findings] == ["first"]
    assert passed_by(decision, stack, *rules) == {"second": 1}


def test_what_the_program_says_is_enough_where_a_rule_is_about_the_program() -> None:
    def says(network: Resource) -> Iterable[Violation]:
        if network.get("routingMode") == "GLOBAL":
            yield network.fail("says so")

    about = make_rule(says)
    for rule in (replace(about, service="credentials"), replace(about, on="*")):
        assert not decide(ignoring("routingMode"), [enforced(rule)]).findings
        assert decide(ignoring("routingMode", routingMode="GLOBAL"), [enforced(rule)]).findings
