"""Cases are run, and what is wrong with one is said."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from apex_guardrails.model import (
    UNKNOWN,
    Outcome,
    Resource,
    Rule,
    Spending,
    Stack,
    UndecidedError,
    Violation,
    case,
    rule,
)
from apex_guardrails.model.case import Case
from apex_guardrails.pack.about import PACK_FILE, pack_info
from apex_guardrails.pack.rules import prove, proven_rules
from apex_guardrails.support.errors import ExitCode, PackError
from apex_guardrails.testing import build, run_cases

NETWORK = "gcp:compute/network:Network"


def check(network: Resource) -> Iterator[Violation]:
    """Because."""
    if network.get("description") == "bad":
        yield network.fail("is bad", at="description")


def make(*cases: Case, monkeypatch: pytest.MonkeyPatch, on: Any = NETWORK) -> Rule:
    monkeypatch.setattr(sys.modules[__name__], "CASES", cases, raising=False)
    return rule(severity="low", on=on, fix="Fix it.")(check)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (case.passes(description="bad"), "case 1 expects passes, got fails"),
        (case.fails(description="good"), "case 1 expects fails, got passes"),
        (case.undecided(), "case 1 expects undecided, got passes"),
        (case.fails(description=case.UNKNOWN), "case 1 expects fails, got undecided"),
        (
            case.passes(case.resource("gcp:compute/router:Router")),
            "case 1 expects passes, got nothing",
        ),
    ],
)
def test_a_case_that_goes_another_way(
    monkeypatch: pytest.MonkeyPatch, wrong: Case, message: str
) -> None:
    [failure] = run_cases([make(wrong, monkeypatch=monkeypatch)])
    assert str(failure) == f"test-cases: {message}"


def test_a_rule_without_cases_is_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    [failure] = run_cases([make(monkeypatch=monkeypatch)])
    assert failure.got == "no cases at all"


def test_a_rule_that_raises_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = make(case.passes(), monkeypatch=monkeypatch)

    def explode(network: Resource) -> Iterator[Violation]:
        raise ZeroDivisionError(network.name)

    object.__setattr__(bad, "check", explode)
    [failure] = run_cases([bad])
    assert failure.got == "ZeroDivisionError: example"


def test_a_case_in_which_a_rule_does_not_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    made = case.not_applicable(case.resource(NETWORK), _spending=Spending())
    bad = make(made, monkeypatch=monkeypatch)
    [failure] = run_cases([bad])
    assert str(failure) == "test-cases: case 1 expects nothing, got passes"

    about_none = replace(bad, scope="stack", when=lambda _: False)
    assert list(run_cases([about_none])) == []

    def explode(_: Stack) -> Iterator[Violation]:
        raise ZeroDivisionError

    # Nothing is said either where a rule raises, and that is another matter.
    [raised] = run_cases([replace(bad, scope="stack", check=explode)])
    assert raised.got == "ZeroDivisionError"


def test_a_pack_that_fails_a_case_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = make(case.passes(description="bad"), case.fails(), monkeypatch=monkeypatch)

    with pytest.raises(PackError) as caught:
        prove([bad])
    assert caught.value.exit_code is ExitCode.PACK_FAILED
    assert str(caught.value).splitlines() == [
        "the pack fails its own cases, so it judges nothing:",
        "  test-cases: case 1 expects passes, got fails",
        "  test-cases: case 2 expects fails, got passes",
        "fix the rules or their cases; `apex policies test` runs all cases again",
    ]


def test_a_rule_that_is_still_to_be_written_judges_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = replace(make(case.passes(), monkeypatch=monkeypatch), fix="FILL IN: what to write.")
    monkeypatch.setattr("apex_guardrails.pack.rules.all_rules", lambda: [begun])

    with pytest.raises(PackError, match=r"^test-cases: still says FILL IN;"):
        proven_rules()


def test_of_thousands_of_failing_cases_the_first_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = make(*[case.fails()] * 1021, monkeypatch=monkeypatch)

    with pytest.raises(PackError) as caught:
        prove([bad])
    _, *named, more, next_step = str(caught.value).splitlines()
    assert len(named) == 20
    assert named[-1] == "  test-cases: case 20 expects fails, got passes"
    assert more == "  ... and 1,001 more"
    assert "`apex policies test`" in next_step


def test_the_pack_as_it_is_proves_itself() -> None:
    assert len(proven_rules()) >= 11
    assert f"version: {pack_info()['version']}\n" in PACK_FILE.read_text()


def test_resources_of_a_case_have_names_and_providers_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    several = case.passes(
        case.resource(NETWORK, "vpc", _provider={"defaultLabels": {"a": "b"}}),
        case.resource(NETWORK, "vpc"),
        _outputs={"o": 1},
    )
    stack = build(make(several, monkeypatch=monkeypatch), several)

    assert [item.name for item in stack] == ["vpc", "vpc-1"]
    assert next(iter(stack)).provider_input("defaultLabels") == {"a": "b"}
    assert stack.outputs is not None
    assert stack.outputs.get("o") == 1


def test_a_case_of_a_rule_about_any_type_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    unclear = case.passes(description="good")
    with pytest.raises(ValueError, match="needs a type"):
        build(make(unclear, monkeypatch=monkeypatch, on="*"), unclear)


def test_a_case_has_either_inputs_or_resources() -> None:
    with pytest.raises(TypeError, match="either inputs or resources"):
        case.passes(case.resource(NETWORK), description="x")


@pytest.mark.parametrize(
    ("on", "token"), [(NETWORK, NETWORK), ((NETWORK, "b"), NETWORK), ("*", None), ((), None)]
)
def test_the_type_that_a_case_may_leave_out(
    monkeypatch: pytest.MonkeyPatch, on: Any, token: str | None
) -> None:
    assert make(monkeypatch=monkeypatch, on=on).type_token == token


def test_a_rule_needs_a_reason() -> None:
    def silent(network: Resource) -> Iterator[Violation]:
        yield network.fail("is bad")

    with pytest.raises(ValueError, match="each need a docstring"):
        rule(severity="low", on=NETWORK, fix="Fix it.")(silent)
    with pytest.raises(ValueError, match="grave"):
        rule(severity="grave", on=NETWORK, fix="Fix it.")(check)


def test_a_rule_describes_itself() -> None:
    rules = {item.id: item for item in proven_rules()}
    text = "\n".join(rules["labels-required-keys"].describe())

    assert "parameter keys: The keys of the labels" in text
    assert "by default a violation is advisory once named; looks at each resource" in text
    [evidence] = [
        line for line in rules["sql-no-public-ip"].describe() if line.startswith("evidence for: ")
    ]
    assert ", cis-gcp-4.0:6.6, " in evidence
    assert repr(rules["sql-no-public-ip"]) == "<Rule sql-no-public-ip>"


def test_the_words_are_those_of_the_pulumi_sdk() -> None:
    import pulumi_policy

    from apex_guardrails.model import EnforcementLevel, Severity

    theirs = {item.value for item in pulumi_policy.EnforcementLevel}
    assert {item.value for item in EnforcementLevel} == theirs - {"remediate"}
    assert {item.value for item in Severity} == {item.value for item in pulumi_policy.Severity} - {
        "unspecified"
    }
    assert Outcome.PASSES.value == "passes"


def test_a_case_s_resources_refer_to_one_another() -> None:
    built = build(
        rule(severity="low", on=NETWORK, fix="Fix it.")(check),
        case.passes(
            case.resource(
                "gcp:compute/subnetwork:Subnetwork",
                network=case.secret(case.output_of("vpc")),
                secondaryIpRanges=[{"rangeName": case.output_of("vpc")}],
            ),
            case.resource(NETWORK, "vpc", _protect=True),
            case.resource(NETWORK, "vpc"),
        ),
    )
    subnetwork, vpc, other = built
    assert (vpc.name, other.name) == ("vpc", "vpc-2")
    assert vpc.is_protected
    assert not other.is_protected
    assert list(subnetwork.referred("network", NETWORK)) == [vpc]
    assert list(subnetwork.referred("secondaryIpRanges", NETWORK)) == [vpc]
    assert subnetwork.is_secret("network")
    with pytest.raises(UndecidedError):
        subnetwork.get("secondaryIpRanges[0].rangeName")
    assert subnetwork.dependencies == {vpc.urn}


def test_a_family_s_rule_has_a_name_and_cases_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    own = [case.passes(), case.fails(description="bad")]
    made = make(case.fails(), monkeypatch=monkeypatch)
    family = rule(
        severity="low",
        on=NETWORK,
        fix="Fix it.",
        id="vpc-one-of-many",
        title="Networks are good.",
        why="One of\n many.",
        cases=own,
    )(check)
    assert (family.id, family.title, family.why) == (
        "vpc-one-of-many",
        "Networks are good",
        "One of many.",
    )
    assert family.cases == tuple(own)
    assert list(run_cases([family])) == []
    assert len(list(run_cases([made]))) == 1


def test_a_text_with_holes_is_unknown_and_has_known_parts() -> None:
    one = case.concat("a", case.output_of("vpc"), "b", case.UNKNOWN)
    made = case.passes(
        case.resource(NETWORK, description=one, items=[{"a.b": case.secret(one)}]),
        case.resource(NETWORK, "vpc"),
        _outputs={"o": one},
    )
    anything = rule(severity="low", on=NETWORK, fix="Fix it.", cases=())(check)
    stack = build(anything, made)
    network = next(iter(stack))
    parts = ("a", None, "b", None)

    assert network.peek("description") is UNKNOWN
    assert network.known_parts("description") == parts
    assert network.known_parts('items[0]["a.b"]') == parts
    assert network.secret_texts == {"a", "b"}
    assert [source.name for source in network.sources("description")] == ["vpc"]
    assert stack.outputs is not None
    assert stack.outputs.known_parts("o") == parts
    assert made.is_told_offline
    assert not case.passes(case.resource(NETWORK, description="a")).is_told_offline


@pytest.mark.parametrize("parts", [("a", "b"), (case.UNKNOWN,), ()])
def test_a_concatenation_has_both_parts_and_holes(parts: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="some of the parts must be known"):
        case.concat(*parts)
