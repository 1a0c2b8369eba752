"""DNSSEC does not sign with RSASHA1."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import DNS_MANAGED_ZONE
from apex_guardrails.model import Resource, View, Violation, case, rule

SPECS = "dnssecConfig.defaultKeySpecs"
ALGORITHM = "algorithm"


@rule(
    severity="medium",
    on=DNS_MANAGED_ZONE,
    controls=[
        *("cis-gcp-4.0:3.4", "cis-gcp-4.0:3.5"),
        *("checkov:CKV_GCP_17", "trivy:GCP-0012"),
    ],
    fix='Set algorithm="ecdsap256sha256" or "rsasha256" in default_key_specs.',
)
def dns_no_rsasha1(zone: Resource) -> Iterator[Violation]:
    """SHA-1 is broken: a signature can be forged, and resolvers have begun to ignore it."""
    yield from zone.stack.each(zone.each(SPECS), _check)


def _check(spec: View) -> Iterator[Violation]:
    # Omitted: rsasha256 (Cloud DNS documentation, "Advanced DNSSEC", 2026-11).
    if str(spec.get(ALGORITHM)).lower() == "rsasha1":
        yield spec.fail("signs with RSASHA1", at=ALGORITHM)


def _signed(*specs: object) -> case.CaseResource:
    return case.resource(None, dnssecConfig={"state": "on", "defaultKeySpecs": list(specs)})


CASES = [
    case.passes(_signed({"algorithm": "ecdsap256sha256"}, {})),
    case.passes(dnssecConfig={"state": "on"}),
    case.passes(),
    case.fails(_signed({"algorithm": "rsasha1"})),
    case.fails(_signed({"algorithm": case.UNKNOWN}, {"algorithm": "RSASHA1"})),
    case.undecided(_signed({"algorithm": case.UNKNOWN})),
    case.undecided(dnssecConfig={"defaultKeySpecs": case.UNKNOWN}),
]
