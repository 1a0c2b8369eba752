"""AlloyDB instances have no public IP."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule


@rule(
    severity="critical",
    on="gcp:alloydb/instance:Instance",
    fix="Remove network_config.enable_public_ip.",
)
def alloydb_no_public_ip(instance: Resource) -> Iterator[Complaint]:
    """A public address exposes the database port to the internet."""
    # Omitted: no public address (AlloyDB API, networkConfig).
    if instance.get("networkConfig.enablePublicIp", omitted=False) is not False:
        yield instance.fail("has a public address", at="networkConfig.enablePublicIp")
    for network in instance.each("networkConfig.authorizedExternalNetworks"):
        yield instance.fail("admits a network from outside", at=network.path)


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
    case.undecided(networkConfig={"authorizedExternalNetworks": case.UNKNOWN}),
]
