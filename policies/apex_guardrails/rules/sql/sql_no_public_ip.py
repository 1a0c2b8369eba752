"""Cloud SQL instances have no public IP address."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import PUBLIC_ADDRESS, clone_cases, says_settings
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule

PUBLIC = PUBLIC_ADDRESS[SQL_DATABASE_INSTANCE]


@rule(
    severity="critical",
    on=SQL_DATABASE_INSTANCE,
    when=says_settings,
    controls=["cis-gcp-4.0:6.6", "checkov:CKV_GCP_60", "trivy:GCP-0017"],
    fix="Set settings.ip_configuration to ipv4_enabled=False and private_network=<the VPC's id>.",
)
def sql_no_public_ip(instance: Resource) -> Iterator[Violation]:
    """A public address lets anyone on the internet try passwords against the database."""
    if PUBLIC.get(instance) is not False:
        yield instance.fail("has a public IPv4 address", at=PUBLIC.path)


CASES = [
    case.passes(settings={"ipConfiguration": {"ipv4Enabled": False}}),
    case.fails(settings={"ipConfiguration": {"ipv4Enabled": True}}),
    case.fails(settings={"ipConfiguration": {}}),
    case.fails(settings={}),
    case.undecided(settings={"ipConfiguration": {"ipv4Enabled": case.UNKNOWN}}),
    *clone_cases({"ipConfiguration": {"ipv4Enabled": True}}),
]
