"""No database can be reached from the internet or from every Google Cloud project."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.types import (
    CLOUDRUNV2_SERVICE,
    COMPUTE_BACKEND_SERVICE,
    COMPUTE_FIREWALL,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_GROUP,
    COMPUTE_NETWORK,
    COMPUTE_NETWORK_ENDPOINT_GROUP,
    COMPUTE_REGION_BACKEND_SERVICE,
    COMPUTE_SERVICE_ATTACHMENT,
    COMPUTE_TARGET_TCP_PROXY,
)
from apex_guardrails.model import Stack, UndecidedError, Violation, case, rule
from apex_guardrails.network.published import published_databases
from apex_guardrails.network.ways import LEADING_TYPES, OPENING_TYPES, Way, ways_to_databases


@rule(
    severity="critical",
    on=(*OPENING_TYPES, *LEADING_TYPES),
    scope="stack",
    fix="Remove the forwarding rule or the external address, or admit only the database's "
    "own clients, which reach it inside the network, through Identity-Aware Proxy or a "
    'VPN. On a service attachment, list them: connection_preference="ACCEPT_MANUAL", '
    "consumer_accept_lists.",
)
def stack_no_way_in_to_databases(stack: Stack) -> Iterator[Violation]:
    """A database on the internet is found and attacked within hours."""
    unknown: Way | None = None
    ways = [
        *(("the internet", way) for way in ways_to_databases(stack)),
        *(("every project of Google Cloud", way) for way in published_databases(stack)),
    ]
    for who, way in ways:
        if way.is_open:
            route = " > ".join((who.removeprefix("the "), *way.hops))
            yield way.resource.fail(
                f"lets {who} reach a database: {route} ({way.why})", at=way.path
            )
        else:
            unknown = unknown or way
    if unknown is not None:
        resource, path = unknown.waits_for
        raise UndecidedError(path, resource)


WORLD = ["0.0.0.0/1", "128.0.0.0/1"]
VPC = case.resource(COMPUTE_NETWORK, "vpc", name="vpc")


def _firewall(port: Any = "5432", **inputs: Any) -> case.CaseResource:
    given = {
        "network": case.output_of("vpc"),
        "sourceRanges": WORLD,
        "allows": [{"protocol": "tcp", "ports": [port]}],
        **inputs,
    }
    return case.resource(COMPUTE_FIREWALL, "admits", **given)


def _vm(name: str = "pg", access: Any = ({},), **inputs: Any) -> case.CaseResource:
    interface = {"network": case.output_of("vpc"), "accessConfigs": list(access)}
    return case.resource(COMPUTE_INSTANCE, name, **{"networkInterfaces": [interface], **inputs})


def _starting(script: str) -> case.CaseResource:
    return _vm("web", metadataStartupScript=script)


def _front(**inputs: Any) -> case.CaseResource:
    return case.resource(
        COMPUTE_GLOBAL_FORWARDING_RULE, "front", **{"target": case.output_of("proxy"), **inputs}
    )


def _behind(port: Any = 5432, **backend: Any) -> tuple[case.CaseResource, ...]:
    backends = [{"group": case.output_of("group")}]
    return (
        case.resource(
            COMPUTE_TARGET_TCP_PROXY,
            "proxy",
            backendService=case.output_of("backend"),
        ),
        case.resource(COMPUTE_BACKEND_SERVICE, "backend", backends=backends, **backend),
        case.resource(COMPUTE_NETWORK_ENDPOINT_GROUP, "group", defaultPort=port),
    )


def _made(name: str) -> case.CaseResource:
    kind = COMPUTE_INSTANCE_FROM_TEMPLATE
    return case.resource(kind, name, sourceInstanceTemplate="of-another-stack")


def _service(**inputs: Any) -> case.CaseResource:
    template = {"containers": [{"image": "qdrant/qdrant:v1.15"}]}
    return case.resource(CLOUDRUNV2_SERVICE, "vectors", **{"template": template, **inputs})


OPEN = {"invokerIamDisabled": True}


def _published(
    name: str = "pg", preference: Any = "ACCEPT_AUTOMATIC", ports: Any = ("5432",)
) -> tuple[case.CaseResource, ...]:
    inner = COMPUTE_FORWARDING_RULE
    backends = [{"group": case.output_of("group")}]
    return (
        case.resource(
            COMPUTE_SERVICE_ATTACHMENT,
            "shared",
            targetService=case.output_of("front"),
            connectionPreference=preference,
        ),
        case.resource(
            inner,
            "front",
            loadBalancingScheme="INTERNAL",
            backendService=case.output_of("backend"),
            ports=list(ports) if isinstance(ports, tuple) else ports,
        ),
        case.resource(COMPUTE_REGION_BACKEND_SERVICE, "backend", backends=backends),
        case.resource(COMPUTE_INSTANCE_GROUP, "group", instances=[case.output_of(name)]),
        _vm(name, access=()),
        VPC,
    )


CASES = [
    case.passes(_outputs={}),
    # By the address of a machine.
    case.fails(_vm(), VPC, _firewall()),
    case.fails(_vm("web"), VPC, _firewall()),
    case.passes(_vm(access=()), VPC, _firewall()),
    case.passes(_vm(), VPC, _firewall("443")),
    case.passes(_vm(), VPC, _firewall(sourceRanges=["198.51.100.0/24"])),
    case.passes(_vm(), VPC),
    case.undecided(_vm(), VPC, _firewall(case.UNKNOWN)),
    case.undecided(_vm(), VPC, _firewall(allows=case.UNKNOWN)),
    case.undecided(_vm(), VPC, _firewall(allows=[{"protocol": case.UNKNOWN, "ports": ["5432"]}])),
    case.undecided(_vm(), VPC, _firewall(allows=[{"protocol": "tcp", "ports": case.UNKNOWN}])),
    case.passes(_vm("web"), VPC, _firewall(allows=[{"ports": ["443"]}])),
    case.fails(
        _vm(), VPC, _firewall(allows=[{"protocol": "tcp", "ports": ["5432"]}, case.UNKNOWN])
    ),
    case.fails(
        _vm("web"), VPC, _firewall(allows=[{"protocol": "tcp", "ports": ["5432", case.UNKNOWN]}])
    ),
    case.fails(_vm(), VPC, _firewall(allows=[{"protocol": "tcp"}])),
    case.passes(_vm("web"), VPC, _firewall(allows=[{"protocol": "tcp"}])),
    case.passes(_vm(), VPC, _firewall(allows=None)),
    case.undecided(_vm(access=(), networkInterfaces=case.UNKNOWN), VPC, _firewall()),
    case.undecided(_made("pg")),
    case.passes(_made("web")),
    # A way that is open counts, whatever else is not known.
    case.fails(_vm(), _made("redis"), VPC, _firewall()),
    # A port of another's, at which its script has it answer.
    case.fails(_starting("docker run -d -p 443:5432 postgres:16"), VPC, _firewall("443")),
    case.passes(_starting("docker run -d -p 443:8443 acme/web"), VPC, _firewall("443")),
    case.passes(_starting("docker run -d -p 443:5432 postgres:16"), VPC, _firewall("80")),
    # By Private Service Connect.
    case.fails(*_published()),
    case.fails(*_published("web")),
    case.fails(*_published("neo4j", ports=("7687",))),
    case.passes(*_published("web", ports=("443",))),
    case.passes(*_published(preference="ACCEPT_MANUAL")),
    case.undecided(*_published(preference=case.UNKNOWN)),
    case.passes(*_published("web", ports=("443",), preference=case.UNKNOWN)),
    case.undecided(*_published(ports=case.UNKNOWN)),
    # By a load balancer.
    case.fails(_front(), *_behind()),
    case.fails(_front(loadBalancingScheme="EXTERNAL_MANAGED"), *_behind()),
    case.passes(_front(loadBalancingScheme="INTERNAL_MANAGED"), *_behind()),
    case.passes(_front(), *_behind(8080)),
    case.undecided(_front(loadBalancingScheme=case.UNKNOWN), *_behind()),
    case.undecided(_front(), *_behind(securityPolicy="of-another-stack")),
    # By Cloud Run.
    case.fails(_service(**OPEN)),
    case.passes(_service()),
    case.passes(_service(ingress="INGRESS_TRAFFIC_INTERNAL_ONLY", **OPEN)),
    case.passes(_service(defaultUriDisabled=True, **OPEN)),
    case.passes(_service(iapEnabled=True, **OPEN)),
    case.undecided(_service(ingress=case.UNKNOWN, **OPEN)),
    case.undecided(_service(defaultUriDisabled=case.UNKNOWN, **OPEN)),
    case.undecided(_service(iapEnabled=case.UNKNOWN)),
    case.undecided(_service(invokerIamDisabled=case.UNKNOWN)),
]
