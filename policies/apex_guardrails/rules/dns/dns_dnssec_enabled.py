"""Public DNS zones are signed with DNSSEC."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import DNS_MANAGED_ZONE
from apex_guardrails.gcp.zones import is_public
from apex_guardrails.model import Resource, Violation, case, rule

STATE = "dnssecConfig.state"


@rule(
    severity="medium",
    on=DNS_MANAGED_ZONE,
    when=is_public,
    controls=["cis-gcp-4.0:3.3", "checkov:CKV_GCP_16", "trivy:GCP-0013"],
    fix='Set dnssec_config.state="on", and add the DS record at the registrar.',
)
def dns_dnssec_enabled(zone: Resource) -> Iterator[Violation]:
    """A forged answer sends your users to another server."""
    # Omitted: off (Cloud DNS API, managedZones, 2026-11). In a transfer, the zone stays signed.
    if zone.get(STATE, omitted="off") not in ("on", "transfer"):
        yield zone.fail("is not signed", at=STATE)


CASES = [
    case.passes(dnssecConfig={"state": "on"}),
    case.passes(dnssecConfig={"state": "transfer"}, visibility="public"),
    case.fails(),
    case.fails(dnssecConfig={}),
    case.fails(dnssecConfig={"state": "off"}),
    case.undecided(dnssecConfig={"state": case.UNKNOWN}),
    case.not_applicable(visibility="private"),
    case.not_applicable(visibility="PRIVATE"),
    case.undecided(visibility=case.UNKNOWN),
]
