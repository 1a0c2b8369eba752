"""Types that grant roles are known by their names."""

from __future__ import annotations

import pytest

from apex_guardrails.gcp.grant_types import LEVELS, grant_types, is_grant
from apex_guardrails.model import ResourceType
from apex_guardrails.provider import type_schema


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("gcp:projects/iAMMember:IAMMember", True),
        ("gcp:secretmanager/secretIamBinding:SecretIamBinding", True),
        ("gcp:cloudrun/iamPolicy:IamPolicy", True),
        ("gcp:projects/iAMAuditConfig:IAMAuditConfig", False),
        ("gcp:organizations/policy:Policy", False),
        ("aws:iam/groupIamMember:GroupIamMember", False),
    ],
)
def test_which_types_grant(token: str, *, expected: bool) -> None:
    assert is_grant(ResourceType(token)) is expected


def test_the_types_that_grant_on_a_kind_of_resource() -> None:
    assert grant_types("storage/bucketIAM", "cloudrun/iam") == (
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "gcp:storage/bucketIAMBinding:BucketIAMBinding",
        "gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
        "gcp:cloudrun/iamMember:IamMember",
        "gcp:cloudrun/iamBinding:IamBinding",
        "gcp:cloudrun/iamPolicy:IamPolicy",
    )
    assert all(type_schema(token) for tokens in LEVELS.values() for token in tokens)
