"""Clusters of Google Kubernetes Engine: their control plane, and what their nodes are made with.

What is omitted: GKE API, `clusters` and `nodePools`, and the provider's defaults; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from apex_guardrails.gcp.accounts import account_at, is_default_account
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CONTAINER_CLUSTER, CONTAINER_NODE_POOL
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.view import View

WITH_NODES: Final = (CONTAINER_CLUSTER, CONTAINER_NODE_POOL)
"""The types that make nodes."""

AUTHORIZED: Final = "masterAuthorizedNetworksConfig"
"""The list of who reaches the control plane by its address; without it everybody does."""

PRIVATE_ENDPOINT: Final = Input("privateClusterConfig.enablePrivateEndpoint", omitted=False)
BY_ADDRESS: Final = Input("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", omitted=True)

POOLS: Final = "nodePools"
NODES: Final = "nodeConfig"
PROVISIONED: Final = "clusterAutoscaling.autoProvisioningDefaults"
"""What nodes are made with that GKE adds by itself; of Autopilot, all nodes."""

ACCOUNT: Final = "serviceAccount"
"""Where what nodes are made with names their account."""

_AUTOPILOT: Final = Input("enableAutopilot", omitted=False)
_REMOVED: Final = Input("removeDefaultNodePool", omitted=False)
_PROVISIONS: Final = Input("clusterAutoscaling.enabled", omitted=False)


def has_public_address(cluster: Resource) -> bool:
    """Whether a control plane has an address on the internet; whom it admits, a list may say.

    Raises:
        UndecidedError: a value is not known before deployment.
    """
    if PRIVATE_ENDPOINT.peek(cluster) is True or BY_ADDRESS.peek(cluster) is False:
        return False
    PRIVATE_ENDPOINT.get(cluster)
    BY_ADDRESS.get(cluster)
    return True


def is_standard(resource: Resource) -> bool:
    """Whether nodes are the program's own matter; of Autopilot, Google sees to them.

    Raises:
        UndecidedError: the cluster's mode is not known before deployment.
    """
    return resource.type.token == CONTAINER_NODE_POOL or _AUTOPILOT.get(resource) is not True


def pools_of(resource: Resource) -> Iterator[View]:
    """The pools that a cluster or a pool describes; of a default pool nothing can be said.

    Raises:
        UndecidedError: after those that are known: whether there are more is not.
    """
    if resource.type.token == CONTAINER_NODE_POOL:
        yield resource
        return
    yield from resource.elements(POOLS)
    resource.get(POOLS)
    if _PROVISIONS.get(resource) is True:
        yield resource.at(PROVISIONED)


def nodes_of(resource: Resource) -> Iterator[View]:
    """What nodes are made with, one for each pool that a cluster or a pool of its own describes.

    A default pool that is removed has no nodes, whatever is said of it.

    Raises:
        UndecidedError: after those that are known: whether there are more is not.
    """
    if resource.type.token == CONTAINER_NODE_POOL:
        yield resource.at(NODES)
        return
    if not is_standard(resource):
        yield resource.at(PROVISIONED)
        return
    pools = list(resource.elements(POOLS))
    yield from (pool.at(NODES) for pool in pools)
    if not resource.get(POOLS) and _REMOVED.get(resource) is not True:
        yield resource.at(NODES)
    if _PROVISIONS.get(resource) is True:
        yield resource.at(PROVISIONED)


def run_as_default(nodes: View) -> bool:
    """Whether nodes run as the default account of Compute Engine; omitted, they do."""
    email = account_at(nodes, ACCOUNT, omitted="default")
    return email in ("", "default") or is_default_account(email)
