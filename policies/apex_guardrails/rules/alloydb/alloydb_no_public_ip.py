"""AlloyDB instances have no public IP."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import PUBLIC_ADDRESS
from apex_guardrails.gcp.types import ALLOYDB_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule

PUBLIC = PUBLIC_ADDRESS[ALLOYDB_INSTANCE]
NETWORKS = "networkConfig.authorizedExternalNetworks"


@rule(
    severity="critical",
    on=ALLOYDB_INSTANCE,
    fix="Remove network_config.enable_public_ip.",
)
def alloydb_no_public_ip(instance: Resource) -> Iterator[Violation]:
    """A public address exposes the database port to the internet."""
    if PUBLIC.peek(instance) not in (False, UNKNOWN):
        yield instance.fail("has a public address", at=PUBLIC.path)
    for network in instance.elements(NETWORKS):
        yield instance.fail("allows an external network", at=network.path)
    PUBLIC.get(instance)


CASES = [
    case.passes(networkConfig={"enablePublicIp": False}),
    case.passes(networkConfig={"authorizedExternalNetworks": []}),
    case.passes(networkConfig={}),
    case.passes(),
    case.fails(networkConfig={"enablePublicIp": True}),
    case.fails(
        networkConfig={
            "enablePublicIp": False,
            "authorizedExternalNetworks": [{"cidrRange": "203.0.113.0/24"}],
        }
    ),
    case.undecided(networkConfig={"enablePublicIp": case.UNKNOWN}),
    case.passes(networkConfig={"authorizedExternalNetworks": case.UNKNOWN}),
    case.fails(networkConfig={"authorizedExternalNetworks": [case.UNKNOWN]}),
    case.fails(
        networkConfig={
            "enablePublicIp": case.UNKNOWN,
            "authorizedExternalNetworks": [{"cidrRange": "203.0.113.0/24"}],
        }
    ),
    case.fails(networkConfig={"enablePublicIp": True, "authorizedExternalNetworks": case.UNKNOWN}),
    case.undecided(
        networkConfig={"enablePublicIp": case.UNKNOWN, "authorizedExternalNetworks": case.UNKNOWN}
    ),
]
