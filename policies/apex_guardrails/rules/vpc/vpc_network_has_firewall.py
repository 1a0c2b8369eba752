"""Each VPC network has its own firewall rules."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.run import VPC_ACCESS
from apex_guardrails.model import Stack, Violation, case, rule
from apex_guardrails.network.hosts import GROUPS

NETWORK = "gcp:compute/network:Network"
# What filters a network's traffic, and the input that names the network.
FILTERS = {
    "gcp:compute/firewall:Firewall": "network",
    "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation": (
        "attachmentTarget"
    ),
    "gcp:compute/regionNetworkFirewallPolicyAssociation:RegionNetworkFirewallPolicyAssociation": (
        "attachmentTarget"
    ),
}

# What Google puts into a network and guards itself, and the inputs that name the network: GKE and
# connectors make rules of their own, and direct egress takes nothing in (documentation of GKE,
# "Automatically created firewall rules", and of Cloud Run, "Direct VPC egress", 2026-11).
MANAGED = {
    "gcp:container/cluster:Cluster": ("network", "subnetwork"),
    "gcp:vpcaccess/connector:Connector": ("network", "subnet.name"),
    **{
        token: tuple(f"{access}.networkInterfaces[0].{name}" for name in ("network", "subnetwork"))
        for token, access in VPC_ACCESS.items()
    },
}
# Machines of the stack's own, any of which may be in its networks.
OWN = (
    *MACHINES,
    *GROUPS,
    "gcp:dataproc/cluster:Cluster",
    "gcp:workbench/instance:Instance",
)


@rule(
    severity="medium",
    on=(NETWORK, *FILTERS, *MANAGED, *OWN),
    scope="stack",
    controls=["checkov:CKV2_GCP_18"],
    fix="Add compute.Firewall rules, or associate a network firewall policy.",
)
def vpc_network_has_firewall(stack: Stack) -> Iterator[Violation]:
    """Only implied rules apply and nobody reviewed them."""
    networks = Named(stack, NETWORK)
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
    for network in stack.of_type(NETWORK):
        if network.urn not in filtered:
            yield network.fail("has no firewall rule")


VPC = case.resource(NETWORK, "vpc", name="vpc")
RULE, POLICY, REGIONAL = FILTERS
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
SUBNET = case.resource(SUBNETWORK, "subnet", network=case.output_of("vpc"))
MACHINE = case.resource(
    "gcp:compute/instance:Instance",
    "machine",
    networkInterfaces=[{"subnetwork": case.output_of("subnet")}],
)
GKE, CONNECTOR, SERVICE, *_ = MANAGED


def _service(**interface: object) -> case.CaseResource:
    return case.resource(SERVICE, template={"vpcAccess": {"networkInterfaces": [interface]}})


CASES = [
    # Nothing of ours is in it that a firewall could guard.
    case.passes(VPC, case.resource(GKE, network=case.output_of("vpc"))),
    case.passes(VPC, SUBNET, case.resource(GKE, subnetwork=case.output_of("subnet"))),
    case.passes(VPC, case.resource(CONNECTOR, network="vpc")),
    case.passes(VPC, SUBNET, case.resource(CONNECTOR, subnet={"name": case.output_of("subnet")})),
    case.passes(VPC, _service(network=case.output_of("vpc"))),
    case.passes(VPC, SUBNET, _service(subnetwork=case.output_of("subnet"))),
    case.fails(VPC, _service(network="default")),
    case.fails(VPC, case.resource(GKE)),
    case.fails(VPC, SUBNET, MACHINE, case.resource(GKE, network=case.output_of("vpc"))),
    case.passes(VPC, case.resource(RULE, network=case.output_of("vpc"))),
    case.passes(VPC, case.resource(RULE, network="projects/p/global/networks/vpc")),
    case.passes(VPC, case.resource(RULE, network="vpc")),
    case.passes(VPC, case.resource(POLICY, attachmentTarget=case.output_of("vpc"))),
    case.passes(VPC, case.resource(REGIONAL, attachmentTarget=case.output_of("vpc"))),
    case.passes(VPC, case.resource(RULE), case.resource(RULE, network=case.output_of("vpc"))),
    # The network of a subnet is an output of the subnet, and so on.
    case.passes(VPC, SUBNET, case.resource(RULE, network=case.output_of("subnet"))),
    case.passes(VPC, SUBNET, MACHINE, case.resource(RULE, network=case.output_of("machine"))),
    case.fails(
        VPC,
        case.resource(SUBNETWORK, "subnet"),
        case.resource(RULE, network=case.output_of("subnet")),
    ),
    case.passes(_outputs={}),
    case.passes(case.resource(RULE)),
    case.fails(VPC),
    case.fails(VPC, case.resource(RULE, network=case.UNKNOWN)),
    case.fails(
        VPC,
        case.resource(NETWORK, "other", name="vpc"),
        case.resource(RULE, network=case.output_of("vpc")),
    ),
    case.fails(VPC, case.resource(RULE, network="another-vpc")),
    case.fails(case.resource(NETWORK, "vpc", name=""), case.resource(RULE, network="")),
    case.fails(case.resource(NETWORK, "vpc"), case.resource(RULE)),
]
