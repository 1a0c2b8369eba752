"""What makes a rule, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest
from pydantic import Field, ValidationError

from apex_guardrails.model import (
    EnforcementLevel,
    Finding,
    NoParameters,
    Outcome,
    Parameters,
    Resource,
    ResourceType,
    Rule,
    Severity,
    SourcePosition,
    Violation,
    is_labelable,
    rule,
)

NETWORK = "gcp:compute/network:Network"
ROUTER = "gcp:compute/router:Router"


def check(network: Resource) -> Iterator[Violation]:
    """Networks in automatic mode overlap.

    All of them.
    """
    yield network.fail("overlaps", at="autoCreateSubnetworks")


def in_file(docstring: str | None, function: Any = check) -> Callable[..., Any]:
    """The function as if it stood in a file of its own."""
    module = {"__name__": "apex_guardrails.rules.network.network_custom_mode", "__doc__": docstring}
    moved = FunctionType(function.__code__, module)
    moved.__doc__ = function.__doc__
    return moved


def make(docstring: str = "Networks have a custom mode.\n\nMore.", **facts: Any) -> Rule:
    return rule(**{"severity": "high", "on": NETWORK, "fix": "Fix it.", **facts})(
        in_file(docstring)
    )


class Limits(Parameters):
    """Parameters."""

    most: int = Field(3, description="How many there may be.")
    names: tuple[str, ...] = Field(default_factory=tuple, description="Which ones.")


def test_a_file_makes_a_rule() -> None:
    made = make(controls=["cis-gcp-4.0:3.1"])

    assert made.id == "network-custom-mode"
    assert made.service == "network"
    assert made.title == "Networks have a custom mode"
    assert made.why == "Networks in automatic mode overlap. All of them."
    assert made.severity is Severity.HIGH
    assert made.controls == ("cis-gcp-4.0:3.1",)
    assert made.scope == "resource"
    assert made.parameters is NoParameters
    assert repr(made) == "<Rule network-custom-mode>"


@pytest.mark.parametrize(
    ("severity", "level", "got"),
    [
        ("critical", None, EnforcementLevel.MANDATORY),
        ("high", None, EnforcementLevel.MANDATORY),
        ("medium", None, EnforcementLevel.ADVISORY),
        ("low", None, EnforcementLevel.ADVISORY),
        ("low", "mandatory", EnforcementLevel.MANDATORY),
        ("critical", "disabled", EnforcementLevel.DISABLED),
    ],
)
def test_what_is_grave_is_mandatory_unless_the_rule_says_otherwise(
    severity: str, level: str | None, got: EnforcementLevel
) -> None:
    assert make(severity=severity, level=level).level is got


def undocumented(network: Resource) -> Iterator[Violation]:
    yield network.fail("overlaps")


@pytest.mark.parametrize(
    ("docstring", "function"), [(None, check), ("  ", check), ("A title.", undocumented)]
)
def test_a_rule_explains_itself(docstring: str | None, function: Any) -> None:
    with pytest.raises(ValueError, match="network_custom_mode: a rule's file and function each"):
        rule(severity="high", on=NETWORK, fix="Fix it.")(in_file(docstring, function))


@pytest.mark.parametrize("facts", [{"severity": "severe"}, {"level": "required"}])
def test_a_word_that_grades_nothing(facts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"severe|required"):
        make(**facts)


@pytest.mark.parametrize(
    ("on", "is_about_network", "is_about_router", "token"),
    [
        (NETWORK, True, False, NETWORK),
        ("*", True, True, None),
        ([NETWORK, ROUTER], True, True, NETWORK),
        ([ROUTER], False, True, ROUTER),
        ([], False, False, None),
        (is_labelable, False, True, None),
    ],
)
def test_what_a_rule_is_about(
    on: Any, is_about_network: bool, is_about_router: bool, token: str | None
) -> None:
    made = make(on=on)

    assert made.is_about(ResourceType(NETWORK)) is is_about_network
    assert made.is_about(ResourceType(ROUTER, labels="labels")) is is_about_router
    assert made.type_token == token


def test_a_rule_describes_itself() -> None:
    made = make(controls=["cis-gcp-4.0:3.1", "trivy:GCP-0001"], parameters=Limits, scope="stack")

    assert list(made.describe()) == [
        "Networks have a custom mode.",
        "Networks in automatic mode overlap. All of them.",
        "fix: Fix it.",
        "id: network-custom-mode; service: network; severity: high",
        "defined in apex_guardrails.rules.network.network_custom_mode",
        "by default a violation is mandatory; looks at each stack",
        "evidence for: cis-gcp-4.0:3.1, trivy:GCP-0001",
        "parameter most: How many there may be. Default: 3",
        "parameter names: Which ones. Default: ()",
    ]
    assert (
        "by default a value that is not known is advisory" in make(undecided="advisory").describe()
    )
    assert not any(line.startswith(("evidence", "parameter")) for line in make().describe())


def test_a_parameter_that_the_rule_does_not_have() -> None:
    with pytest.raises(ValidationError, match="mots"):
        Limits.model_validate({"mots": 4})


def test_a_finding_is_the_same_wherever_the_resource_came_from() -> None:
    made = make()
    here, there = (
        Finding(made, Outcome.FAILS, made.level, "urn", "path", message, position)
        for message, position in (("one", SourcePosition("main.py", 3)), ("other", None))
    )

    assert here.key == there.key == ("network-custom-mode", "urn", "fails", "path")
    assert str(here.position) == "main.py:3"
