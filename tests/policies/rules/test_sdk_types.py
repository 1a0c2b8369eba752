"""The inputs that the SDK knows, lest a misspelt one pass for an input."""

from __future__ import annotations

import pytest

from tests.policies.rules.sdk_types import has_input

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
FIREWALL = "gcp:compute/firewall:Firewall"
ARMOR_RULE = "gcp:compute/securityPolicyRule:SecurityPolicyRule"
JOB = "gcp:cloudrunv2/job:Job"


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (INSTANCE, "settings"),
        (INSTANCE, "settings.ipConfiguration.ipv4Enabled"),
        (INSTANCE, "settings.databaseFlags[].name"),
        (INSTANCE, "settings.databaseFlags[7].value"),
        (INSTANCE, "settings.userLabels.any-key"),
        (INSTANCE, 'settings.userLabels["any.key"]'),
        (FIREWALL, "sourceRanges[0]"),
        (FIREWALL, "allows[].ports[]"),
        (ARMOR_RULE, "securityPolicy"),
        (ARMOR_RULE, "match.expr.expression"),
        (JOB, "template.template.containers[].envs[].valueSource.secretKeyRef.secret"),
    ],
)
def test_an_input(token: str, path: str) -> None:
    assert has_input(token, path)


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (INSTANCE, "setting"),
        (INSTANCE, "settings.ip_configuration"),
        (INSTANCE, "settings.ipConfiguration.ipv4enabled"),
        (INSTANCE, "settings.ipConfiguration.requireSsl"),
        (INSTANCE, "settings[0].ipConfiguration"),
        (INSTANCE, "settings.databaseFlags.name"),
        (INSTANCE, "settings.databaseFlags[].key"),
        (INSTANCE, "settings.userLabels.key.below"),
        (INSTANCE, "settings.userLabels[0]"),
        (INSTANCE, "name.below"),
        (INSTANCE, "selfLink"),
        (FIREWALL, "sourceRange"),
        (ARMOR_RULE, "rules"),
        (FIREWALL, "sourceRanges.first"),
    ],
)
def test_no_input(token: str, path: str) -> None:
    assert not has_input(token, path)


@pytest.mark.parametrize(
    "token", ["gcp:sql/databaseInstance:DatabaseInstances", "gcp:sqll/instance:Instance"]
)
def test_no_type(token: str) -> None:
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        has_input(token, "name")
