"""Each VPC network logs its DNS queries."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import COMPUTE_NETWORK
from apex_guardrails.model import Resource, Stack, UndecidedError, Violation, case, rule

POLICY = "gcp:dns/policy:Policy"
NETWORKS = "networks"


@rule(
    severity="low",
    on=(COMPUTE_NETWORK, POLICY),
    scope="stack",
    controls=["cis-gcp-4.0:2.12"],
    fix="Add dns.Policy with enable_logging=True, and the network in networks.",
    # Every question of every machine is many, and each is paid for.
    opt_in=True,
)
def dns_network_query_logging(stack: Stack) -> Iterator[Violation]:
    """Nobody can tell which machine asked for the name of an attacker's server."""
    networks = Named(stack, COMPUTE_NETWORK)
    logged: set[str] = set()
    unclear: dict[str, UndecidedError] = {}
    for policy in stack.of_type(POLICY):
        named = {network.urn for network in _named(policy, networks)}
        try:
            # Omitted: off (Cloud DNS API, policies, 2026-11).
            if policy.get("enableLogging", omitted=False) is True:
                logged |= named
        except UndecidedError as undecided:
            unclear |= dict.fromkeys(named, undecided)

    def check(network: Resource) -> Iterator[Violation]:
        if network.urn in logged:
            return
        if network.urn in unclear:
            raise unclear[network.urn]
        yield network.fail("logs no DNS queries")

    yield from stack.each(stack.of_type(COMPUTE_NETWORK), check)


def _named(policy: Resource, networks: Named) -> Iterator[Resource]:
    """The networks of a policy; its dependencies tell of those whose names are not known."""
    yield from policy.referred(NETWORKS, COMPUTE_NETWORK)
    for path in policy.paths(f"{NETWORKS}[].networkUrl"):
        yield from networks.at(policy, path)


VPC = case.resource(COMPUTE_NETWORK, "vpc", name="vpc")
BY_OUTPUT = [{"networkUrl": case.output_of("vpc")}]


def _policy(networks: object = BY_OUTPUT, **inputs: Any) -> case.CaseResource:
    return case.resource(POLICY, "p", networks=networks, **inputs)


CASES = [
    case.passes(VPC, _policy(enableLogging=True)),
    case.passes(
        VPC, _policy([{"networkUrl": "projects/p/global/networks/vpc"}], enableLogging=True)
    ),
    case.passes(VPC, _policy(case.output_of("vpc"), enableLogging=True)),
    case.passes(
        VPC,
        _policy(enableLogging=True),
        case.resource(POLICY, "q", networks=BY_OUTPUT, enableLogging=case.UNKNOWN),
    ),
    case.passes(_policy([], enableLogging=False)),
    case.fails(VPC),
    case.fails(VPC, _policy()),
    case.fails(VPC, _policy(enableLogging=False)),
    case.fails(VPC, _policy([{"networkUrl": "default"}], enableLogging=True)),
    case.fails(VPC, _policy([], enableLogging=True)),
    case.fails(VPC, case.resource(COMPUTE_NETWORK, "b", name="b"), _policy(enableLogging=True)),
    case.undecided(VPC, _policy(enableLogging=case.UNKNOWN)),
]
