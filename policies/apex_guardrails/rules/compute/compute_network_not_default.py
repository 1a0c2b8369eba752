"""VMs are not in the default network."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=MACHINES,
    fix="Set network_interfaces[].subnetwork.",
)
def compute_network_not_default(machine: Resource) -> Iterator[Violation]:
    """The default network allows all internal traffic, and SSH and RDP from anywhere."""
    for interface in machine.each("networkInterfaces"):
        given = [path for path in ("network", "subnetwork") if interface.is_set(path)]
        if not given and not interface.is_set("networkAttachment"):
            yield interface.fail("names no network, so it is in the default network", at="network")
        for path in given:
            # A name that is not known is another resource's output, and the default has none.
            if _name(interface.peek(path)) == "default":
                yield interface.fail("is in the default network", at=path)


def _name(network: object) -> str:
    return str(network).rpartition("/")[2]


CASES = [
    case.passes(networkInterfaces=[{"network": "projects/p/global/networks/vpc"}]),
    case.passes(networkInterfaces=[{"network": case.UNKNOWN}]),
    case.passes(networkInterfaces=[{"subnetwork": "subnet"}]),
    case.passes(networkInterfaces=[{"networkAttachment": case.UNKNOWN}]),
    case.passes(),
    case.fails(networkInterfaces=[{"network": "default"}]),
    case.fails(networkInterfaces=[{"network": "projects/p/global/networks/default"}]),
    case.fails(networkInterfaces=[{"network": case.UNKNOWN, "subnetwork": "default"}]),
    case.fails(networkInterfaces=[{"network": ""}]),
    case.fails(networkInterfaces=[{}]),
    case.undecided(networkInterfaces=case.UNKNOWN),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_TEMPLATE,
            networkInterfaces=[{"network": "default"}],
        )
    ),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            networkInterfaces=[{"network": "default"}],
        )
    ),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(case.resource(token, networkInterfaces=[{"network": "default"}]))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
