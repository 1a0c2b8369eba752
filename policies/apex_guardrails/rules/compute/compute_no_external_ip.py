"""VM network interfaces have no external address."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_GROUP_MANAGER,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_PER_INSTANCE_CONFIG,
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
    COMPUTE_REGION_PER_INSTANCE_CONFIG,
)
from apex_guardrails.model import Resource, Violation, case, rule

KEPT = {
    COMPUTE_INSTANCE_GROUP_MANAGER: "statefulExternalIps",
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER: "statefulExternalIps",
    COMPUTE_PER_INSTANCE_CONFIG: "preservedState.externalIps",
    COMPUTE_REGION_PER_INSTANCE_CONFIG: "preservedState.externalIps",
}


@rule(
    severity="high",
    on=(*MACHINES, *KEPT),
    controls=["cis-gcp-4.0:4.9", "checkov:CKV_GCP_40", "trivy:GCP-0031"],
    fix="Remove access_configs and use Cloud NAT and IAP.",
)
def compute_no_external_ip(machine: Resource) -> Iterator[Violation]:
    """An external address exposes the VM and its ports to the internet."""
    kept = KEPT.get(machine.type.token)
    if kept is not None:
        # A group, or one machine of it, keeps an address that a machine was given.
        if machine.get(kept, omitted=()):
            yield machine.fail("keeps an external address", at=kept)
        return
    for interface in machine.each("networkInterfaces"):
        # An empty object is an ephemeral address; omitted or an empty list: none.
        for path in ("accessConfigs", "ipv6AccessConfigs"):
            if interface.get(path, omitted=()):
                yield interface.fail("has an external address", at=path)


CASES = [
    case.passes(networkInterfaces=[{"network": "vpc"}]),
    case.passes(networkInterfaces=[{"accessConfigs": []}]),
    case.passes(networkInterfaces=[]),
    case.passes(),
    case.fails(networkInterfaces=[{"accessConfigs": [{}]}]),
    case.fails(networkInterfaces=[{}, {"accessConfigs": [{"natIp": "203.0.113.7"}]}]),
    case.fails(networkInterfaces=[{"ipv6AccessConfigs": [{"networkTier": "PREMIUM"}]}]),
    case.undecided(networkInterfaces=case.UNKNOWN),
    case.undecided(networkInterfaces=[{"accessConfigs": case.UNKNOWN}]),
    case.undecided(networkInterfaces=[{"ipv6AccessConfigs": case.UNKNOWN}]),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_FROM_TEMPLATE,
            networkInterfaces=[{"accessConfigs": [{}]}],
        )
    ),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_TEMPLATE,
            networkInterfaces=[{"accessConfigs": [{}]}],
        )
    ),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            networkInterfaces=[{"accessConfigs": [{}]}],
        )
    ),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, networkInterfaces=[{"accessConfigs": [{}]}]
        )
    ),
    case.passes(case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)),
    *(
        item
        for token in list(KEPT)[:2]
        for item in (
            case.fails(case.resource(token, statefulExternalIps=[{"interfaceName": "nic0"}])),
            case.passes(case.resource(token, statefulExternalIps=[])),
            case.passes(case.resource(token)),
            case.undecided(case.resource(token, statefulExternalIps=case.UNKNOWN)),
        )
    ),
    *(
        item
        for token in list(KEPT)[2:]
        for item in (
            case.fails(case.resource(token, preservedState={"externalIps": [{}]})),
            case.passes(case.resource(token, preservedState={"externalIps": []})),
            case.passes(case.resource(token)),
            case.undecided(case.resource(token, preservedState={"externalIps": case.UNKNOWN})),
        )
    ),
]
