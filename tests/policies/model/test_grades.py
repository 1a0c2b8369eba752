"""The words that grade a rule."""

from __future__ import annotations

import itertools

import pulumi_policy
import pytest

from apex_guardrails.model import EnforcementLevel, Severity

DISABLED, ADVISORY, MANDATORY = EnforcementLevel


def test_the_words_are_those_of_the_policy_sdk() -> None:
    # The SDK's further level repairs, which the pack does not.
    assert {level.value for level in EnforcementLevel} | {"remediate"} == {
        level.value for level in pulumi_policy.EnforcementLevel
    }
    assert {severity.value for severity in Severity} == {
        severity.value for severity in pulumi_policy.Severity
    }


@pytest.mark.parametrize(
    ("level", "limit", "milder"),
    [
        (MANDATORY, ADVISORY, ADVISORY),
        (ADVISORY, MANDATORY, ADVISORY),
        (MANDATORY, DISABLED, DISABLED),
        (DISABLED, ADVISORY, DISABLED),
        (MANDATORY, MANDATORY, MANDATORY),
    ],
)
def test_a_level_can_be_limited(
    level: EnforcementLevel, limit: EnforcementLevel, milder: EnforcementLevel
) -> None:
    assert level.at_most(limit) is milder


def test_severities_go_from_low_to_critical() -> None:
    order = [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]

    assert [severity.rank for severity in order] == [0, 1, 2, 3]
    assert all(one.rank < other.rank for one, other in itertools.pairwise(order))
