"""The table of what everybody may use has every type with IAM, and each once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pulumi_gcp
import pytest

from apex_guardrails.gcp.everybody import everybody
from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.model import ResourceType, Severity
from apex_guardrails.provider.schema import tokens
from apex_guardrails.rules import all_rules
from apex_guardrails.rules.families.exposure import EXPOSURES

ROWS = Counter(token for types in EXPOSURES.values() for token in types)


def sdk_tokens() -> set[str]:
    """The types that the SDK registers."""
    text = Path(pulumi_gcp.__file__).read_text("utf-8")
    return set(re.findall(r'"(gcp:\w+/\w+:\w+)": "\w+"', text))


def test_every_type_with_iam_has_one_row() -> None:
    known = {token for token in (*sdk_tokens(), *tokens()) if is_grant(ResourceType(token))}

    assert len(known) > 450
    assert set(ROWS) == known
    assert set(ROWS.values()) == {1}


def test_the_test_sees_the_types_of_the_sdk() -> None:
    assert "gcp:pubsub/topicIAMMember:TopicIAMMember" in sdk_tokens()


@pytest.mark.parametrize("name", EXPOSURES)
def test_a_row_is_a_rule_about_its_types(name: str) -> None:
    [rule] = [rule for rule in all_rules() if rule.id == name]

    assert rule.severity.rank >= Severity.HIGH.rank
    assert all(rule.is_about(ResourceType(token)) for token in EXPOSURES[name])


@pytest.mark.parametrize(
    ("member", "who"),
    [
        ("allUsers", "allUsers"),
        ("ALLUSERS", "allUsers"),
        (" allAuthenticatedUsers\n", "allAuthenticatedUsers"),
        ("iamMember:allUsers", "allUsers"),
        ("specialGroup:allAuthenticatedUsers", "allAuthenticatedUsers"),
        ("principalSet://goog/public:all", "allUsers"),
        ("domain:gmail.com", ""),
        ("user:allUsers", ""),
        ("group:allUsers@example.org", ""),
        ("iamMember:principal://iam.googleapis.com/projects/1/subject/allUsers", ""),
        ("principalSet://goog/group/all@example.org", ""),
        ("", ""),
        (None, ""),
        (3, ""),
    ],
)
def test_who_is_everybody(member: object, who: str) -> None:
    assert everybody(member) == who
