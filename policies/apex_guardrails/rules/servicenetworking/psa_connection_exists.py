"""The network of a private database has a private services connection."""

from collections.abc import Iterator

from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    COMPUTE_NETWORK,
    COMPUTE_SUBNETWORK,
    MEMCACHE_INSTANCE,
    REDIS_INSTANCE,
    SERVICENETWORKING_CONNECTION,
    SQL_DATABASE_INSTANCE,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, UndecidedError, Violation, case, rule

# What gets its address through the connection, and where it names the network.
NETWORK_PATHS = {
    SQL_DATABASE_INSTANCE: "settings.ipConfiguration.privateNetwork",
    ALLOYDB_CLUSTER: "networkConfig.network",
    REDIS_INSTANCE: "authorizedNetwork",
    MEMCACHE_INSTANCE: "authorizedNetwork",
}


@rule(
    severity="high",
    on=(*NETWORK_PATHS, SERVICENETWORKING_CONNECTION),
    scope="stack",
    fix=(
        "Create gcp.servicenetworking.Connection for the network with "
        'service="servicenetworking.googleapis.com" and reserved_peering_ranges.'
    ),
)
def psa_connection_exists(stack: Stack) -> Iterator[Violation]:
    """Without one, the instance cannot be created."""
    networks = Named(stack, COMPUTE_NETWORK)
    connected: set[str] = set()
    undecided: dict[str, UndecidedError] = {}
    for connection in stack.of_type(SERVICENETWORKING_CONNECTION):
        urns = {network.urn for network in networks.at(connection, "network")}
        try:
            if connection.get("service") == "servicenetworking.googleapis.com":
                connected |= urns
        except UndecidedError as error:
            undecided |= dict.fromkeys(urns, error)

    def check(database: Resource) -> Iterator[Violation]:
        path = NETWORK_PATHS[database.type.token]
        # A network that is not the stack's own is connected where it is made.
        for network in networks.at(database, path):
            if network.urn in connected or not _uses_connection(database):
                continue
            if network.urn in undecided:
                raise undecided[network.urn]
            yield database.fail(f"has no private services connection in {network.name}", at=path)

    yield from stack.each(stack.of_type(*NETWORK_PATHS), check)


def _uses_connection(database: Resource) -> bool:
    """Whether it is one that gets its address through the connection."""
    if database.type.token != REDIS_INSTANCE:
        return True
    # Omitted: DIRECT_PEERING, the provider's default.
    mode: object = database.get("connectMode")
    return mode == "PRIVATE_SERVICE_ACCESS"


VPC = case.resource(COMPUTE_NETWORK, "vpc", name="net")
SERVICE = "servicenetworking.googleapis.com"
REFERRED = case.output_of("vpc")
SUBNET = case.resource(COMPUTE_SUBNETWORK, "subnet", network=REFERRED)


def _sql(network: object) -> case.CaseResource:
    settings = {"ipConfiguration": {"privateNetwork": network}}
    return case.resource(SQL_DATABASE_INSTANCE, "database", settings=settings)


CASES = [
    case.passes(
        VPC,
        case.resource(SERVICENETWORKING_CONNECTION, network=REFERRED, service=SERVICE),
        _sql(REFERRED),
    ),
    *(
        case.passes(
            VPC,
            case.resource(SERVICENETWORKING_CONNECTION, network=connected, service=SERVICE),
            _sql(used),
        )
        for connected, used in (
            ("net", REFERRED),
            (REFERRED, "projects/p/global/networks/net"),
            ("https://www.googleapis.com/compute/v1/projects/p/global/networks/net", "net"),
        )
    ),
    case.fails(VPC, _sql(REFERRED)),
    case.fails(VPC, _sql("projects/p/global/networks/net")),
    case.fails(VPC, _sql("net"), _sql("other")),
    case.fails(
        VPC,
        case.resource(SERVICENETWORKING_CONNECTION, network="other", service=SERVICE),
        _sql("net"),
    ),
    case.fails(VPC, case.resource(SERVICENETWORKING_CONNECTION, network=REFERRED), _sql("net")),
    case.fails(
        VPC,
        case.resource(
            SERVICENETWORKING_CONNECTION, network=REFERRED, service="netapp.servicenetworking.goog"
        ),
        _sql(REFERRED),
    ),
    # The network of a subnet is the subnet's output.
    case.passes(
        VPC,
        SUBNET,
        case.resource(
            SERVICENETWORKING_CONNECTION, network=case.output_of("subnet"), service=SERVICE
        ),
        _sql(REFERRED),
    ),
    case.fails(VPC, SUBNET, _sql(case.output_of("subnet"))),
    # Made elsewhere, where its connection is.
    case.passes(VPC, _sql("projects/host/global/networks/shared")),
    case.passes(VPC, _sql(UNKNOWN)),
    case.passes(VPC, _sql("")),
    case.passes(VPC, case.resource(SQL_DATABASE_INSTANCE, settings={})),
    case.passes(VPC, case.resource(SQL_DATABASE_INSTANCE, settings=UNKNOWN)),
    case.fails(VPC, case.resource(ALLOYDB_CLUSTER, networkConfig={"network": REFERRED})),
    case.passes(VPC, case.resource(ALLOYDB_CLUSTER, pscConfig={"pscEnabled": True})),
    case.fails(VPC, case.resource(MEMCACHE_INSTANCE, authorizedNetwork=REFERRED)),
    case.fails(
        VPC,
        case.resource(
            REDIS_INSTANCE, authorizedNetwork=REFERRED, connectMode="PRIVATE_SERVICE_ACCESS"
        ),
    ),
    case.passes(
        VPC, case.resource(REDIS_INSTANCE, authorizedNetwork=REFERRED, connectMode="DIRECT_PEERING")
    ),
    case.passes(VPC, case.resource(REDIS_INSTANCE, authorizedNetwork=REFERRED)),
    case.undecided(
        VPC, case.resource(REDIS_INSTANCE, authorizedNetwork="net", connectMode=UNKNOWN)
    ),
    case.fails(
        VPC,
        case.resource(REDIS_INSTANCE, authorizedNetwork="net", connectMode=UNKNOWN),
        case.resource(MEMCACHE_INSTANCE, authorizedNetwork=REFERRED),
    ),
    case.undecided(
        VPC,
        case.resource(SERVICENETWORKING_CONNECTION, network="net", service=UNKNOWN),
        _sql("net"),
    ),
    case.fails(
        VPC,
        case.resource(SERVICENETWORKING_CONNECTION, network="other", service=UNKNOWN),
        _sql("net"),
    ),
    case.passes(
        VPC,
        case.resource(SERVICENETWORKING_CONNECTION, network="net", service=UNKNOWN),
        case.resource(SERVICENETWORKING_CONNECTION, network="net", service=SERVICE),
        _sql("net"),
    ),
]
