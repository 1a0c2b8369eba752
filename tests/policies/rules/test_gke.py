"""What a careful cluster gets, and a careless one, where settings name no rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apex_guardrails.decide import decide
from apex_guardrails.gcp.types import CONTAINER_CLUSTER, CONTAINER_NODE_POOL
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    Outcome,
    Resource,
    Stack,
)
from apex_guardrails.provider.schema import resource_type
from apex_guardrails.rules import all_rules

ACCOUNT = "nodes@shop.iam.gserviceaccount.com"
CONTROL_PLANE: Mapping[str, Any] = {
    "location": "us-central1",
    "privateClusterConfig": {"enablePrivateNodes": True},
    "controlPlaneEndpointsConfig": {
        "dnsEndpointConfig": {"allowExternalTraffic": True},
        "ipEndpointsConfig": {"enabled": False},
    },
}
AUTOPILOT = {
    **CONTROL_PLANE,
    "enableAutopilot": True,
    "clusterAutoscaling": {"autoProvisioningDefaults": {"serviceAccount": ACCOUNT}},
}
STANDARD = {
    **CONTROL_PLANE,
    "removeDefaultNodePool": True,
    "initialNodeCount": 1,
    "datapathProvider": "ADVANCED_DATAPATH",
    "workloadIdentityConfig": {"workloadPool": "shop.svc.id.goog"},
}
POOL = {
    "cluster": "shop",
    "nodeConfig": {
        "serviceAccount": ACCOUNT,
        "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "shieldedInstanceConfig": {"enableSecureBoot": True},
    },
}
CARELESS = {
    "initialNodeCount": 1,
    "enableLegacyAbac": True,
    "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": True}},
    "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]},
    "nodeConfig": {"oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"]},
    "loggingService": "none",
}


def found(token: str, inputs: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Which rules that nobody has to name block it, and which advise."""
    stack = Stack("s", "p")
    urn = f"urn:pulumi:s::p::{token}::n"
    stack.add(Resource(urn, resource_type(token), inputs, stack))
    enforced = [
        EnforcedRule(rule, rule.level, rule.level, rule.parameters())
        for rule in all_rules()
        if rule.service == "gke" and not rule.opt_in
    ]
    decision = decide(stack, enforced)
    assert not decision.errors
    assert all(item.outcome is Outcome.FAILS for item in decision.findings)
    blocking = {
        item.rule.id for item in decision.findings if item.level is EnforcementLevel.MANDATORY
    }
    return blocking, {item.rule.id for item in decision.findings} - blocking


def test_a_careful_cluster_gets_nothing() -> None:
    for token, inputs in (
        (CONTAINER_CLUSTER, AUTOPILOT),
        (CONTAINER_CLUSTER, STANDARD),
        (CONTAINER_NODE_POOL, POOL),
    ):
        assert found(token, inputs) == (set(), set())


def test_a_careless_cluster_is_blocked() -> None:
    blocking, advice = found(CONTAINER_CLUSTER, CARELESS)

    assert blocking == {
        "gke-authorized-networks-not-open",
        "gke-no-client-certificate",
        "gke-no-default-service-account",
        "gke-no-full-api-scope-default-account",
        "gke-no-legacy-abac",
        "gke-private-nodes",
    }
    assert advice == {
        "gke-logging-enabled",
        "gke-network-policy",
        "gke-private-endpoint",
        "gke-secure-boot",
        "gke-workload-identity",
    }


def test_a_cluster_that_says_nothing_is_blocked_by_what_google_takes_then() -> None:
    blocking, _ = found(CONTAINER_CLUSTER, {"location": "us-central1"})

    assert blocking == {
        "gke-authorized-networks-enabled",
        "gke-no-default-service-account",
        "gke-private-nodes",
    }
