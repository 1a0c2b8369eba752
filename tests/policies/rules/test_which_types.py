"""The rules about grants of any kind are asked about those that no other rule tells of."""

import pytest

from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules


@pytest.mark.parametrize(
    ("rule_id", "token", "asked"),
    [
        ("iam-no-public-members", "gcp:projects/iAMMember:IAMMember", True),
        ("iam-no-public-members", "gcp:later/thingIamMember:ThingIamMember", True),
        ("iam-no-public-members", "gcp:pubsub/topicIAMMember:TopicIAMMember", False),
        ("pubsub-topic-not-public", "gcp:pubsub/topicIAMMember:TopicIAMMember", True),
        ("iam-no-public-members", "gcp:storage/bucketIAMMember:BucketIAMMember", False),
        ("iam-no-public-members", "gcp:compute/network:Network", False),
        ("iam-no-basic-roles-any", "gcp:storage/bucketIAMMember:BucketIAMMember", True),
        ("iam-no-basic-roles-any", "gcp:projects/iAMMember:IAMMember", False),
        ("iam-no-basic-roles-any", "gcp:compute/network:Network", False),
    ],
)
def test_which_types_a_rule_is_asked_about(rule_id: str, token: str, *, asked: bool) -> None:
    [rule] = [rule for rule in all_rules() if rule.id == rule_id]

    assert rule.is_about(resource_type(token)) is asked
