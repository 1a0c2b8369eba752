"""Dual-stack subnets have Private Google Access for IPv6."""

from collections.abc import Iterator

from apex_guardrails.gcp.subnets import may_have_machines, require_machines
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK
from apex_guardrails.model import UNKNOWN, Resource, UndecidedError, Violation, case, rule

ENABLED = ("ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE", "ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE")


def _may_have_ipv6_machines(subnetwork: Resource) -> bool:
    # Omitted: IPv4 only (Compute Engine API, stackType).
    stack_type: object = subnetwork.peek("stackType", omitted="IPV4_ONLY")
    return stack_type != "IPV4_ONLY" and may_have_machines(subnetwork)


@rule(
    severity="low",
    on=COMPUTE_SUBNETWORK,
    controls=["checkov:CKV_GCP_76"],
    when=_may_have_ipv6_machines,
    fix="Set private_ipv6_google_access.",
)
def vpc_subnet_private_google_access_ipv6(subnetwork: Resource) -> Iterator[Violation]:
    """IPv6 traffic to Google leaves over the internet."""
    # Omitted: no access over IPv6.
    if subnetwork.get("privateIpv6GoogleAccess", omitted="DISABLE_GOOGLE_ACCESS") not in ENABLED:
        if subnetwork.peek("stackType") is UNKNOWN:
            raise UndecidedError("stackType")
        require_machines(subnetwork)
        yield subnetwork.fail(
            "has no Private Google Access over IPv6", at="privateIpv6GoogleAccess"
        )


CASES = [
    case.not_applicable(stackType="IPV4_ONLY"),
    case.not_applicable(),
    case.passes(
        stackType="IPV4_IPV6", privateIpv6GoogleAccess="ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE"
    ),
    case.passes(
        stackType="IPV4_IPV6", privateIpv6GoogleAccess="ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE"
    ),
    case.fails(stackType="IPV4_IPV6"),
    case.fails(stackType="IPV6_ONLY", privateIpv6GoogleAccess="DISABLE_GOOGLE_ACCESS"),
    case.undecided(stackType=case.UNKNOWN),
    case.not_applicable(stackType="IPV6_ONLY", purpose="PRIVATE_SERVICE_CONNECT"),
    case.undecided(stackType="IPV6_ONLY", purpose=case.UNKNOWN),
    case.passes(
        stackType=case.UNKNOWN, privateIpv6GoogleAccess="ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE"
    ),
    case.undecided(stackType="IPV4_IPV6", privateIpv6GoogleAccess=case.UNKNOWN),
]
