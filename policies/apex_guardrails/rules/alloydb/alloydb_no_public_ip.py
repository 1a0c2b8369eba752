"""AlloyDB instances have no public IP."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ALLOYDB_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule

PUBLIC = "networkConfig.enablePublicIp"
NETWORKS = "networkConfig.authorizedExternalNetworks"


@rule(
    severity="critical",
    on=ALLOYDB_INSTANCE,
    fix="Remove network_config.enable_public_ip.",
)
def alloydb_no_public_ip(instance: Resource) -> Iterator[Violation]:
    """A public address exposes the database port to the internet."""
    # Omitted: no public address (AlloyDB API, networkConfig).
    is_public = instance.peek(PUBLIC, omitted=False)
    if is_public not in (False, UNKNOWN):
        yield instance.fail("has a public address", at=PUBLIC)
    for network in instance.elements(NETWORKS):
        yield instance.fail("admits a network from outside", at=network.path)
    instance.get(PUBLIC)


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
