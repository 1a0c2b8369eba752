"""Each VPC network has its own firewall rules."""

from collections.abc import Iterator

from policies.model import Complaint, Stack, case, rule
from policies.model.google.references import Named

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


@rule(
    severity="medium",
    on=(NETWORK, *FILTERS),
    scope="stack",
    controls=["checkov:CKV2_GCP_18"],
    fix="Add compute.Firewall rules, or associate a network firewall policy.",
)
def vpc_network_has_firewall(stack: Stack) -> Iterator[Complaint]:
    """Only implied rules apply and nobody reviewed them."""
    networks = Named(stack, NETWORK)
    filtered = {
        network.urn
        for given in stack.of_type(*FILTERS)
        for network in networks.at(given, FILTERS[given.type.token])
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
CASES = [
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
