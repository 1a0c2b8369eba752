"""Whatever a program gives as inputs, there is a network."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import Resource, Stack
from apex_guardrails.network.analysis import network_of
from apex_guardrails.network.published import published_databases
from apex_guardrails.network.ways import ways_to_databases
from apex_guardrails.provider import resource_type, type_schema
from tests.policies.any_input import VALUES, inputs

# Each input at each place: what they happen to reach proves nothing of its being right.
pytestmark = pytest.mark.no_cover

TYPES = (
    "gcp:alloydb/cluster:Cluster",
    "gcp:alloydb/instance:Instance",
    "gcp:bigquery/dataset:Dataset",
    "gcp:cloudfunctions/function:Function",
    "gcp:cloudfunctionsv2/function:Function",
    "gcp:cloudrun/service:Service",
    "gcp:cloudrunv2/job:Job",
    "gcp:cloudrunv2/service:Service",
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
    "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
    "gcp:cloudrunv2/workerPool:WorkerPool",
    "gcp:compute/backendBucket:BackendBucket",
    "gcp:compute/backendService:BackendService",
    "gcp:compute/firewall:Firewall",
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule",
    "gcp:compute/forwardingRule:ForwardingRule",
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    "gcp:compute/globalNetworkEndpoint:GlobalNetworkEndpoint",
    "gcp:compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup",
    "gcp:compute/healthCheck:HealthCheck",
    "gcp:compute/instance:Instance",
    "gcp:compute/instanceFromMachineImage:InstanceFromMachineImage",
    "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
    "gcp:compute/instanceGroup:InstanceGroup",
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
    "gcp:compute/instanceGroupMembership:InstanceGroupMembership",
    "gcp:compute/instanceGroupNamedPort:InstanceGroupNamedPort",
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/machineImage:MachineImage",
    "gcp:compute/network:Network",
    "gcp:compute/networkEndpoint:NetworkEndpoint",
    "gcp:compute/networkEndpointGroup:NetworkEndpointGroup",
    "gcp:compute/networkEndpointList:NetworkEndpointList",
    "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation",
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
    "gcp:compute/networkPeering:NetworkPeering",
    "gcp:compute/perInstanceConfig:PerInstanceConfig",
    "gcp:compute/regionBackendService:RegionBackendService",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    "gcp:compute/regionNetworkEndpoint:RegionNetworkEndpoint",
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
    "gcp:compute/securityPolicy:SecurityPolicy",
    "gcp:compute/serviceAttachment:ServiceAttachment",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
    "gcp:compute/targetInstance:TargetInstance",
    "gcp:compute/targetPool:TargetPool",
    "gcp:compute/targetTCPProxy:TargetTCPProxy",
    "gcp:compute/uRLMap:URLMap",
    "gcp:compute/vPNTunnel:VPNTunnel",
    "gcp:container/cluster:Cluster",
    "gcp:redis/cluster:Cluster",
    "gcp:redis/instance:Instance",
    "gcp:serviceaccount/account:Account",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:storage/bucket:Bucket",
    "gcp:storage/bucketACL:BucketACL",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:vpcaccess/connector:Connector",
)

SOME = ("", "x", "0.0.0.0/0", "allUsers", 1, True, None, *VALUES[15:])
"""All of the shapes, and of the values those that mean something here."""


@pytest.mark.parametrize("token", TYPES)
def test_there_is_a_network_whatever_is_given(token: str) -> None:
    schema = type_schema(token)
    assert schema is not None
    for value in SOME:
        stack = Stack("s", "p")
        for number, given in enumerate(inputs(schema.fields, value)):
            urn = f"urn:pulumi:s::p::{token}::r{number}"
            resource = Resource(
                urn, resource_type(token), given, stack, property_dependencies={"a": ()}
            )
            stack.add(resource)
        assert all(way.hops for way in (*ways_to_databases(stack), *published_databases(stack)))
        found = network_of(stack)
        ids = {node.id for node in found.nodes}
        assert len(ids) == len(found.nodes)
        assert {end for edge in found.edges for end in (edge.source, edge.target)} <= ids


AT = "urn:pulumi:s::p::{}::r".format
CHAIN: dict[str, dict[str, Any]] = {
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": {"target": "r"},
    "gcp:compute/targetTCPProxy:TargetTCPProxy": {"name": "r", "backendService": "r"},
    "gcp:compute/backendService:BackendService": {
        "name": "r",
        "backends": [{"group": "r"}],
        "securityPolicy": "r",
        "healthChecks": "r",
    },
    "gcp:compute/securityPolicy:SecurityPolicy": {"name": "r"},
    "gcp:compute/healthCheck:HealthCheck": {"name": "r"},
    "gcp:compute/instanceGroup:InstanceGroup": {"name": "r", "instances": ["r"]},
    "gcp:compute/networkEndpointGroup:NetworkEndpointGroup": {"name": "r"},
    "gcp:compute/networkEndpoint:NetworkEndpoint": {"networkEndpointGroup": "r"},
    "gcp:compute/instance:Instance": {"name": "r"},
}
"""A way in, of which one resource after another has any inputs besides."""


@pytest.mark.parametrize("token", CHAIN)
def test_a_way_is_followed_whatever_is_on_it(token: str) -> None:
    schema = type_schema(token)
    assert schema is not None
    for value in SOME:
        for given in inputs(schema.fields, value):
            stack = Stack("s", "p")
            for kind, own in CHAIN.items():
                content = {**given, **own} if kind == token else own
                stack.add(
                    Resource(
                        AT(kind), resource_type(kind), content, stack, property_dependencies={}
                    )
                )
            assert all(way.hops for way in (*ways_to_databases(stack), *published_databases(stack)))
