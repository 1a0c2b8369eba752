"""What keeps Pulumi from deleting a resource."""

from __future__ import annotations

import pytest

from apex_guardrails.gcp.deletion import is_kept
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError


def resource(policy: object, *, protect: bool = False) -> Resource:
    return Resource(
        "urn",
        ResourceType("gcp:compute/disk:Disk"),
        {"deletionPolicy": policy},
        Stack("s", "p"),
        is_protected=protect,
    )


@pytest.mark.parametrize(
    ("policy", "kept"),
    [("PREVENT", True), ("ABANDON", True), ("DELETE", False), ("", False), (None, False)],
)
def test_the_policy(policy: object, *, kept: bool) -> None:
    assert is_kept(resource(policy)) is kept


@pytest.mark.parametrize("policy", ["DELETE", UNKNOWN])
def test_the_option_protect(policy: object) -> None:
    assert is_kept(resource(policy, protect=True))


def test_a_policy_that_is_not_known() -> None:
    with pytest.raises(UndecidedError):
        is_kept(resource(UNKNOWN))
