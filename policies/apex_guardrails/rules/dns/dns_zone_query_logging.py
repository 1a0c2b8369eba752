"""Public DNS zones log queries."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import DNS_MANAGED_ZONE
from apex_guardrails.gcp.zones import is_public
from apex_guardrails.model import Resource, Violation, case, rule, sets
from apex_guardrails.model.value import is_true

PATH = "cloudLoggingConfig.enableLogging"


@rule(
    severity="low",
    on=DNS_MANAGED_ZONE,
    when=is_public,
    fix="Set cloud_logging_config.enable_logging=True.",
    remedy=sets(value=True),
    # Everybody's questions are many, and each is paid for.
    opt_in=True,
)
def dns_zone_query_logging(zone: Resource) -> Iterator[Violation]:
    """Nobody can tell who looks for names that you never published."""
    # Omitted: off (Cloud DNS API, managedZones, 2026-11).
    if not is_true(zone.get(PATH, omitted=False)):
        yield zone.fail("logs no queries", at=PATH)


CASES = [
    case.passes(cloudLoggingConfig={"enableLogging": True}),
    case.fails(cloudLoggingConfig={"enableLogging": False}),
    case.fails(),
    case.undecided(cloudLoggingConfig={"enableLogging": case.UNKNOWN}),
    case.not_applicable(visibility="private"),
    case.undecided(visibility=case.UNKNOWN),
]
