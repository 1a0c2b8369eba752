"""Every type of the provider is priced, billed by its use, free for a reason, or unpriced."""

from __future__ import annotations

import pytest

from apex_guardrails.cost.free import free_because, is_free
from apex_guardrails.cost.kinds import Kind, kind_of
from apex_guardrails.cost.types import all_estimators
from apex_guardrails.provider.schema import tokens
from tests.policies.cost.stacks import one


def test_every_type_is_of_one_kind() -> None:
    for token in tokens():
        kind = kind_of(token)
        is_estimated = token in all_estimators()
        assert is_estimated is (kind in (Kind.PRICED, Kind.BY_USE)), token
        assert is_free(token) is (kind is Kind.FREE), token
        assert not (is_estimated and is_free(token)), token


def test_what_is_free_says_why_and_nothing_else_does() -> None:
    for token in tokens():
        assert bool(free_because(token)) is (kind_of(token) is Kind.FREE), token


def test_what_nobody_prices_is_unpriced_and_never_zero() -> None:
    for token in tokens():
        if kind_of(token) is Kind.UNPRICED:
            found = one(token, {})
            assert found.unpriced == (f"there is no price for the type {token}",)


def test_what_costs_by_its_use_alone_costs_nothing_in_a_month_without_any() -> None:
    for token in tokens():
        if kind_of(token) is Kind.BY_USE:
            assert one(token, {}).monthly.is_zero, token


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("gcp:compute/network:Network", Kind.FREE),
        ("gcp:storage/bucketIAMMember:BucketIAMMember", Kind.FREE),
        ("gcp:compute/serviceAttachment:ServiceAttachment", Kind.BY_USE),
        ("gcp:compute/haVpnGateway:HaVpnGateway", Kind.BY_USE),
        ("gcp:compute/backendBucket:BackendBucket", Kind.BY_USE),
        ("gcp:dns/recordSet:RecordSet", Kind.BY_USE),
        ("gcp:logging/metric:Metric", Kind.BY_USE),
        ("gcp:projects/iAMAuditConfig:IAMAuditConfig", Kind.BY_USE),
        ("gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule", Kind.BY_USE),
        ("gcp:redis/instance:Instance", Kind.PRICED),
        ("gcp:spanner/instance:Instance", Kind.UNPRICED),
        ("aws:s3/bucket:Bucket", Kind.UNPRICED),
        ("random:index/randomId:RandomId", Kind.FREE),
    ],
)
def test_what_kind_a_type_is_of(token: str, kind: Kind) -> None:
    assert kind_of(token) is kind
