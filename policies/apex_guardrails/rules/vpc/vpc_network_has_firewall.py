"""Each VPC network has its own firewall rules."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.run import VPC_ACCESS
from apex_guardrails.gcp.types import (
    CLOUDRUNV2_SERVICE,
    COMPUTE_FIREWALL,
    COMPUTE_INSTANCE,
    COMPUTE_NETWORK,
    COMPUTE_NETWORK_FIREWALL_POLICY_ASSOCIATION,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_ASSOCIATION,
    COMPUTE_SUBNETWORK,
    CONTAINER_CLUSTER,
    DATAPROC_CLUSTER,
    VPCACCESS_CONNECTOR,
    WORKBENCH_INSTANCE,
)
from apex_guardrails.model import Stack, Violation, case, rule
from apex_guardrails.network.hosts import GROUPS

# What filters a network's traffic, and the input that names the network.
FILTERS = {
    COMPUTE_FIREWALL: "network",
    COMPUTE_NETWORK_FIREWALL_POLICY_ASSOCIATION: ("attachmentTarget"),
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_ASSOCIATION: ("attachmentTarget"),
}

# What Google puts into a network and guards itself, and the inputs that name the network: GKE and
# connectors make rules of their own, and direct egress takes nothing in (documentation of GKE,
# "Automatically created firewall rules", and of Cloud Run, "Direct VPC egress", 2026-11).
MANAGED = {
    CONTAINER_CLUSTER: ("network", "subnetwork"),
    VPCACCESS_CONNECTOR: ("network", "subnet.name"),
    **{
        token: tuple(f"{access}.networkInterfaces[0].{name}" for name in ("network", "subnetwork"))
        for token, access in VPC_ACCESS.items()
    },
}
# Machines of the stack's own, any of which may be in its networks.
OWN = (
    *MACHINES,
    *GROUPS,
    DATAPROC_CLUSTER,
    WORKBENCH_INSTANCE,
)


@rule(
    severity="medium",
    on=(COMPUTE_NETWORK, *FILTERS, *MANAGED, *OWN),
    scope="stack",
    controls=["checkov:CKV2_GCP_18"],
    fix="Add compute.Firewall rules, or associate a network firewall policy.",
)
def vpc_network_has_firewall(stack: Stack) -> Iterator[Violation]:
    """Without any, only Google's implied rules apply."""
    networks = Named(stack, COMPUTE_NETWORK)
    filtered = {
        network.urn
        for given in stack.of_type(*FILTERS)
        for network in networks.at(given, FILTERS[given.type.token])
    }
    if not any(True for _ in stack.of_type(*OWN)):
        filtered |= {
            network.urn
            for user in stack.of_type(*MANAGED)
            for path in MANAGED[user.type.token]
            for network in networks.at(user, path)
        }
    for network in stack.of_type(COMPUTE_NETWORK):
        if network.urn not in filtered:
            yield network.fail("has no firewall rule")


VPC = case.resource(COMPUTE_NETWORK, "vpc", name="vpc")
SUBNET = case.resource(COMPUTE_SUBNETWORK, "subnet", network=case.output_of("vpc"))
MACHINE = case.resource(
    COMPUTE_INSTANCE,
    "machine",
    networkInterfaces=[{"subnetwork": case.output_of("subnet")}],
)


def _service(**interface: object) -> case.CaseResource:
    return case.resource(
        CLOUDRUNV2_SERVICE, template={"vpcAccess": {"networkInterfaces": [interface]}}
    )


CASES = [
    # Nothing of ours is in it that a firewall could guard.
    case.passes(VPC, case.resource(CONTAINER_CLUSTER, network=case.output_of("vpc"))),
    case.passes(VPC, SUBNET, case.resource(CONTAINER_CLUSTER, subnetwork=case.output_of("subnet"))),
    case.passes(VPC, case.resource(VPCACCESS_CONNECTOR, network="vpc")),
    case.passes(
        VPC, SUBNET, case.resource(VPCACCESS_CONNECTOR, subnet={"name": case.output_of("subnet")})
    ),
    case.passes(VPC, _service(network=case.output_of("vpc"))),
    case.passes(VPC, SUBNET, _service(subnetwork=case.output_of("subnet"))),
    case.fails(VPC, _service(network="default")),
    case.fails(VPC, case.resource(CONTAINER_CLUSTER)),
    case.fails(
        VPC, SUBNET, MACHINE, case.resource(CONTAINER_CLUSTER, network=case.output_of("vpc"))
    ),
    case.passes(VPC, case.resource(COMPUTE_FIREWALL, network=case.output_of("vpc"))),
    case.passes(VPC, case.resource(COMPUTE_FIREWALL, network="projects/p/global/networks/vpc")),
    case.passes(VPC, case.resource(COMPUTE_FIREWALL, network="vpc")),
    case.passes(
        VPC,
        case.resource(
            COMPUTE_NETWORK_FIREWALL_POLICY_ASSOCIATION, attachmentTarget=case.output_of("vpc")
        ),
    ),
    case.passes(
        VPC,
        case.resource(
            COMPUTE_REGION_NETWORK_FIREWALL_POLICY_ASSOCIATION,
            attachmentTarget=case.output_of("vpc"),
        ),
    ),
    case.passes(
        VPC,
        case.resource(COMPUTE_FIREWALL),
        case.resource(COMPUTE_FIREWALL, network=case.output_of("vpc")),
    ),
    # The network of a subnet is an output of the subnet, and so on.
    case.passes(VPC, SUBNET, case.resource(COMPUTE_FIREWALL, network=case.output_of("subnet"))),
    case.passes(
        VPC, SUBNET, MACHINE, case.resource(COMPUTE_FIREWALL, network=case.output_of("machine"))
    ),
    case.fails(
        VPC,
        case.resource(COMPUTE_SUBNETWORK, "subnet"),
        case.resource(COMPUTE_FIREWALL, network=case.output_of("subnet")),
    ),
    case.passes(_outputs={}),
    case.passes(case.resource(COMPUTE_FIREWALL)),
    case.fails(VPC),
    case.fails(VPC, case.resource(COMPUTE_FIREWALL, network=case.UNKNOWN)),
    case.fails(
        VPC,
        case.resource(COMPUTE_NETWORK, "other", name="vpc"),
        case.resource(COMPUTE_FIREWALL, network=case.output_of("vpc")),
    ),
    case.fails(VPC, case.resource(COMPUTE_FIREWALL, network="another-vpc")),
    case.fails(
        case.resource(COMPUTE_NETWORK, "vpc", name=""), case.resource(COMPUTE_FIREWALL, network="")
    ),
    case.fails(case.resource(COMPUTE_NETWORK, "vpc"), case.resource(COMPUTE_FIREWALL)),
]
