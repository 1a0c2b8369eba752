"""Whatever a program gives as inputs, there is a network."""

from __future__ import annotations

import pytest

from policies.model import Resource, Stack
from policies.network import network_of
from policies.provider import resource_type, type_schema
from tests.policies.any_input import VALUES, inputs

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
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    "gcp:compute/instance:Instance",
    "gcp:compute/instanceGroup:InstanceGroup",
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/network:Network",
    "gcp:compute/networkPeering:NetworkPeering",
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
    "gcp:compute/targetPool:TargetPool",
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
        found = network_of(stack)
        ids = {node.id for node in found.nodes}
        assert len(ids) == len(found.nodes)
        assert {end for edge in found.edges for end in (edge.source, edge.target)} <= ids
