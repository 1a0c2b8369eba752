"""The network of a private database has a private services connection."""

from collections.abc import Iterator

from apex_guardrails.gcp.references import Named
from apex_guardrails.model import UNKNOWN, Resource, Stack, UndecidedError, Violation, case, rule

NETWORK = "gcp:compute/network:Network"
CONNECTION = "gcp:servicenetworking/connection:Connection"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
ALLOYDB = "gcp:alloydb/cluster:Cluster"
REDIS = "gcp:redis/instance:Instance"
MEMCACHE = "gcp:memcache/instance:Instance"

# What gets its address through the connection, and where it names the network.
NETWORK_PATHS = {
    SQL: "settings.ipConfiguration.privateNetwork",
    ALLOYDB: "networkConfig.network",
    REDIS: "authorizedNetwork",
    MEMCACHE: "authorizedNetwork",
}


@rule(
    severity="high",
    on=(*NETWORK_PATHS, CONNECTION),
    scope="stack",
    fix=(
        "Create gcp.servicenetworking.Connection for the network with "
        'service="servicenetworking.googleapis.com" and reserved_peering_ranges.'
    ),
)
def psa_connection_exists(stack: Stack) -> Iterator[Violation]:
    """The instance cannot be created."""
    networks = Named(stack, NETWORK)
    connected: set[str] = set()
    undecided: dict[str, UndecidedError] = {}
    for connection in stack.of_type(CONNECTION):
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
    if database.type.token != REDIS:
        return True
    # Omitted: DIRECT_PEERING, the provider's default.
    mode: object = database.get("connectMode")
    return mode == "PRIVATE_SERVICE_ACCESS"


VPC = case.resource(NETWORK, "vpc", name="net")
SERVICE = "servicenetworking.googleapis.com"
REFERRED = case.output_of("vpc")
SUBNET = case.resource("gcp:compute/subnetwork:Subnetwork", "subnet", network=REFERRED)


def _sql(network: object) -> case.CaseResource:
    settings = {"ipConfiguration": {"privateNetwork": network}}
    return case.resource(SQL, "database", settings=settings)


CASES = [
    case.passes(VPC, case.resource(CONNECTION, network=REFERRED, service=SERVICE), _sql(REFERRED)),
    *(
        case.passes(
            VPC,
            case.resource(CONNECTION, network=connected, service=SERVICE),
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
    case.fails(VPC, case.resource(CONNECTION, network="other", service=SERVICE), _sql("net")),
    case.fails(VPC, case.resource(CONNECTION, network=REFERRED), _sql("net")),
    case.fails(
        VPC,
        case.resource(CONNECTION, network=REFERRED, service="netapp.servicenetworking.goog"),
        _sql(REFERRED),
    ),
    # The network of a subnet is the subnet's output.
    case.passes(
        VPC,
        SUBNET,
        case.resource(CONNECTION, network=case.output_of("subnet"), service=SERVICE),
        _sql(REFERRED),
    ),
    case.fails(VPC, SUBNET, _sql(case.output_of("subnet"))),
    # Made elsewhere, where its connection is.
    case.passes(VPC, _sql("projects/host/global/networks/shared")),
    case.passes(VPC, _sql(UNKNOWN)),
    case.passes(VPC, _sql("")),
    case.passes(VPC, case.resource(SQL, settings={})),
    case.passes(VPC, case.resource(SQL, settings=UNKNOWN)),
    case.fails(VPC, case.resource(ALLOYDB, networkConfig={"network": REFERRED})),
    case.passes(VPC, case.resource(ALLOYDB, pscConfig={"pscEnabled": True})),
    case.fails(VPC, case.resource(MEMCACHE, authorizedNetwork=REFERRED)),
    case.fails(
        VPC,
        case.resource(REDIS, authorizedNetwork=REFERRED, connectMode="PRIVATE_SERVICE_ACCESS"),
    ),
    case.passes(
        VPC, case.resource(REDIS, authorizedNetwork=REFERRED, connectMode="DIRECT_PEERING")
    ),
    case.passes(VPC, case.resource(REDIS, authorizedNetwork=REFERRED)),
    case.undecided(VPC, case.resource(REDIS, authorizedNetwork="net", connectMode=UNKNOWN)),
    case.fails(
        VPC,
        case.resource(REDIS, authorizedNetwork="net", connectMode=UNKNOWN),
        case.resource(MEMCACHE, authorizedNetwork=REFERRED),
    ),
    case.undecided(VPC, case.resource(CONNECTION, network="net", service=UNKNOWN), _sql("net")),
    case.fails(VPC, case.resource(CONNECTION, network="other", service=UNKNOWN), _sql("net")),
    case.passes(
        VPC,
        case.resource(CONNECTION, network="net", service=UNKNOWN),
        case.resource(CONNECTION, network="net", service=SERVICE),
        _sql("net"),
    ),
]
