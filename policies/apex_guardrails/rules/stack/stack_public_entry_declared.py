"""Everything reachable from the internet is on the declared list."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import Field

from apex_guardrails.gcp.everybody import ALL_AUTHENTICATED_USERS, ALL_USERS
from apex_guardrails.gcp.functions import FUNCTIONS
from apex_guardrails.gcp.iam import read_grants
from apex_guardrails.gcp.run_annotations import DEFAULT_URL_DISABLED, INGRESS
from apex_guardrails.gcp.types import (
    ALLOYDB_INSTANCE,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_SERVICE,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    CONTAINER_CLUSTER,
    SQL_DATABASE_INSTANCE,
    STORAGE_BUCKET_IAM_BINDING,
    STORAGE_BUCKET_IAM_MEMBER,
    STORAGE_BUCKET_IAM_POLICY,
)
from apex_guardrails.model import Looser, Parameters, Resource, Stack, Violation, case, rule
from apex_guardrails.network.addresses import FORWARDING as LOAD_BALANCERS
from apex_guardrails.network.entrances import ENTRANCES, find_entrance
from apex_guardrails.network.hosts import GROUPS


class Declared(Parameters):
    """What may be reached from the internet."""

    entries: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (), description="Names of resources in the program; * stands for any text."
    )


def _bucket(grant: Resource) -> str | None:
    # The catalogue has publicAccessPrevention; a bucket that lacks it is reached once it is shared.
    return next((given.path for given in read_grants(grant) if given.everybody), None)


BUCKETS = (STORAGE_BUCKET_IAM_MEMBER, STORAGE_BUCKET_IAM_BINDING, STORAGE_BUCKET_IAM_POLICY)


@rule(
    severity="high",
    on=(*ENTRANCES, *BUCKETS),
    scope="stack",
    fix="Close it, or add it to rules.stack-public-entry-declared.parameters.entries in "
    "policy-pack.yaml.",
    parameters=Declared,
    # Of use to who keeps the list.
    level="disabled",
)
def stack_public_entry_declared(stack: Stack, settings: Declared) -> Iterator[Violation]:
    """Otherwise a way in could be opened unnoticed."""

    def check(resource: Resource) -> Iterator[Violation]:
        if any(fnmatchcase(resource.name, entry) for entry in settings.entries):
            return
        path = _bucket(resource) if resource.type.token in BUCKETS else find_entrance(resource)
        if path:
            yield resource.fail("is reachable from the internet, but not declared", at=path)

    yield from stack.each(stack.of_type(*ENTRANCES, *BUCKETS), check)


def _one(token: str, **inputs: Any) -> case.CaseResource:
    return case.resource(token, "door", **inputs)


def _interface(**inputs: Any) -> list[Any]:
    return [{"network": "vpc"}, {"network": "vpc", **inputs}]


def _v1(ingress: Any, no_address: Any = None) -> dict[str, Any]:
    annotations = {
        INGRESS: ingress,
        DEFAULT_URL_DISABLED: no_address,
    }
    return {"metadata": {"annotations": annotations}}


def _private(*, only: Any) -> dict[str, Any]:
    return {"privateClusterConfig": {"enablePrivateEndpoint": only}}


def _by_name(*, allowed: Any) -> dict[str, Any]:
    config = {"dnsEndpointConfig": {"allowExternalTraffic": allowed}}
    return {"controlPlaneEndpointsConfig": config}


def _by_address(*, enabled: Any) -> dict[str, Any]:
    return {"controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enabled": enabled}}}


def _ipv4(*, enabled: Any) -> dict[str, Any]:
    return {"settings": {"ipConfiguration": {"ipv4Enabled": enabled}}}


POLICY = json.dumps({"bindings": [{"role": "r", "members": [ALL_USERS]}]})
OPEN = (
    _one(CLOUDRUNV2_SERVICE),
    _one(CLOUDRUN_SERVICE),
    _one(COMPUTE_INSTANCE, networkInterfaces=_interface(accessConfigs=[{}])),
    _one(
        COMPUTE_INSTANCE,
        networkInterfaces=_interface(ipv6AccessConfigs=[{"networkTier": "PREMIUM"}]),
    ),
    _one(SQL_DATABASE_INSTANCE),
    _one(SQL_DATABASE_INSTANCE, **_ipv4(enabled=True)),
    _one(LOAD_BALANCERS[0]),
    _one(LOAD_BALANCERS[0], loadBalancingScheme="EXTERNAL_MANAGED"),
    _one(LOAD_BALANCERS[1], loadBalancingScheme="EXTERNAL"),
    _one(FUNCTIONS[0]),
    _one(FUNCTIONS[0], serviceConfig={"ingressSettings": "ALLOW_ALL"}),
    _one(FUNCTIONS[1]),
    _one(COMPUTE_INSTANCE_FROM_TEMPLATE, networkInterfaces=_interface(accessConfigs=[{}])),
    _one(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, networkInterfaces=_interface(accessConfigs=[{}])),
    _one(GROUPS[0], statefulExternalIps=[{"interfaceName": "nic0"}]),
    _one(ALLOYDB_INSTANCE, networkConfig={"enablePublicIp": True}),
    _one(CONTAINER_CLUSTER),
    _one(CONTAINER_CLUSTER, **_by_name(allowed=True), **_private(only=True)),
    _one(BUCKETS[0], member=ALL_USERS),
    _one(BUCKETS[1], members=["group:a@example.org", ALL_AUTHENTICATED_USERS]),
    _one(BUCKETS[2], policyData=POLICY),
)
CLOSED = (
    _one(CLOUDRUNV2_SERVICE, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"),
    _one(CLOUDRUN_SERVICE, **_v1("internal")),
    _one(COMPUTE_INSTANCE, networkInterfaces=_interface(accessConfigs=[])),
    _one(COMPUTE_INSTANCE, networkInterfaces=[]),
    _one(COMPUTE_INSTANCE),
    _one(SQL_DATABASE_INSTANCE, **_ipv4(enabled=False)),
    _one(LOAD_BALANCERS[0], loadBalancingScheme="INTERNAL_MANAGED"),
    _one(LOAD_BALANCERS[1], loadBalancingScheme=""),
    _one(FUNCTIONS[0], serviceConfig={"ingressSettings": "ALLOW_INTERNAL_ONLY"}),
    _one(FUNCTIONS[1], ingressSettings="ALLOW_INTERNAL_ONLY"),
    _one(CLOUDRUNV2_SERVICE, defaultUriDisabled=True),
    _one(CLOUDRUN_SERVICE, **_v1("all", "true")),
    _one(COMPUTE_INSTANCE_FROM_TEMPLATE, networkInterfaces=_interface()),
    _one(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, networkInterfaces=_interface()),
    _one(ALLOYDB_INSTANCE),
    _one(ALLOYDB_INSTANCE, networkConfig={"enablePublicIp": False}),
    _one(CONTAINER_CLUSTER, **_private(only=True)),
    _one(CONTAINER_CLUSTER, **_by_address(enabled=False)),
    _one(BUCKETS[0], member="group:a@example.org"),
    _one(BUCKETS[0]),
    _one(BUCKETS[1]),
    _one(BUCKETS[2]),
)
UNDECIDED = (
    _one(CLOUDRUNV2_SERVICE, ingress=case.UNKNOWN),
    _one(CLOUDRUN_SERVICE, **_v1(case.UNKNOWN)),
    _one(COMPUTE_INSTANCE, networkInterfaces=case.UNKNOWN),
    _one(COMPUTE_INSTANCE, networkInterfaces=_interface(accessConfigs=case.UNKNOWN)),
    _one(COMPUTE_INSTANCE, networkInterfaces=_interface(ipv6AccessConfigs=case.UNKNOWN)),
    _one(SQL_DATABASE_INSTANCE, **_ipv4(enabled=case.UNKNOWN)),
    _one(LOAD_BALANCERS[0], loadBalancingScheme=case.UNKNOWN),
    _one(FUNCTIONS[0], serviceConfig={"ingressSettings": case.UNKNOWN}),
    _one(FUNCTIONS[1], ingressSettings=case.UNKNOWN),
    _one(CLOUDRUNV2_SERVICE, defaultUriDisabled=case.UNKNOWN),
    _one(CLOUDRUN_SERVICE, **_v1("all", case.UNKNOWN)),
    # What another stack's template or image says.
    _one(COMPUTE_INSTANCE_FROM_TEMPLATE),
    _one(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE),
    _one(GROUPS[1]),
    _one(ALLOYDB_INSTANCE, networkConfig={"enablePublicIp": case.UNKNOWN}),
    _one(CONTAINER_CLUSTER, **_private(only=case.UNKNOWN)),
    _one(CONTAINER_CLUSTER, **_by_name(allowed=case.UNKNOWN)),
    _one(CONTAINER_CLUSTER, **_by_address(enabled=case.UNKNOWN)),
    _one(BUCKETS[0], member=case.UNKNOWN),
    _one(BUCKETS[1], members=case.UNKNOWN),
    _one(BUCKETS[2], policyData=case.UNKNOWN),
)
CASES = [
    *(case.fails(resource) for resource in OPEN),
    *(case.passes(resource, _parameters={"entries": ["door"]}) for resource in OPEN),
    *(case.passes(resource) for resource in CLOSED),
    *(case.undecided(resource) for resource in UNDECIDED),
    *(case.fails(resource, OPEN[0]) for resource in UNDECIDED),
    case.passes(_outputs={}),
    *(
        expected(
            _one(token, **{path: made}),
            case.resource(
                COMPUTE_INSTANCE_TEMPLATE,
                "mould",
                networkInterfaces=_interface(accessConfigs=given),
            ),
            _parameters={"entries": ["mould"]},
        )
        for token, path, made in (
            (COMPUTE_INSTANCE_FROM_TEMPLATE, "sourceInstanceTemplate", case.output_of("mould")),
            (GROUPS[0], "versions", [{"instanceTemplate": case.output_of("mould")}]),
        )
        for expected, given in (
            (case.fails, [{}]),
            (case.passes, []),
            (case.undecided, case.UNKNOWN),
        )
    ),
    case.passes(OPEN[0], _parameters={"entries": ["window", "d*"]}),
    case.fails(OPEN[0], _parameters={"entries": ["window"]}),
]
