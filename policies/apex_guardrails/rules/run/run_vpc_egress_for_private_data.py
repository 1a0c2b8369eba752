"""Cloud Run workloads that use a private database have access to its network."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.databases import (
    MEMORYSTORES,
    PRIVATE_DATABASES,
    is_private_database,
)
from apex_guardrails.gcp.run import WORKLOADS, reaches_network
from apex_guardrails.gcp.run_annotations import (
    NETWORK_INTERFACES,
    VPC_ACCESS_CONNECTOR,
    VPC_ACCESS_EGRESS,
)
from apex_guardrails.gcp.types import (
    ALLOYDB_INSTANCE,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_JOB,
    CLOUDRUNV2_SERVICE,
    CLOUDRUNV2_WORKER_POOL,
    SQL_DATABASE_INSTANCE,
)
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule


@rule(
    severity="high",
    on=WORKLOADS,
    fix="Set template.vpc_access with network_interfaces (Direct VPC egress) or a connector.",
)
def run_vpc_egress_for_private_data(workload: Resource) -> Iterator[Violation]:
    """The private address is unreachable and the service fails at run time."""
    if reaches_network(workload):
        return
    for database in workload.referred("template", *PRIVATE_DATABASES):
        if is_private_database(database):
            yield workload.fail(
                f"uses {database.name}, which is private, without VPC access", at="template"
            )


CONTAINERS = [{"image": "i", "envs": [{"name": "HOST", "value": case.output_of("database")}]}]
INTERFACE = {"networkInterfaces": [{"network": "vpc"}]}
REDIS = case.resource(MEMORYSTORES[0], "database", authorizedNetwork="vpc")


def _service(**template: object) -> case.CaseResource:
    return case.resource(CLOUDRUNV2_SERVICE, template={"containers": CONTAINERS, **template})


def _job(**template: object) -> case.CaseResource:
    return case.resource(
        CLOUDRUNV2_JOB, template={"template": {"containers": CONTAINERS, **template}}
    )


def _v1(annotation: str, value: object) -> case.CaseResource:
    metadata = {"annotations": {annotation: value}}
    return case.resource(
        CLOUDRUN_SERVICE, template={"spec": {"containers": CONTAINERS}, "metadata": metadata}
    )


def _sql(**settings: object) -> case.CaseResource:
    return case.resource(SQL_DATABASE_INSTANCE, "database", settings=settings)


def _alloydb(**inputs: Any) -> case.CaseResource:
    return case.resource(ALLOYDB_INSTANCE, "database", **inputs)


CASES = [
    case.passes(_service(vpcAccess=INTERFACE), REDIS),
    case.passes(_service(vpcAccess={"connector": UNKNOWN}), REDIS),
    case.passes(_service(vpcAccess={"networkInterfaces": UNKNOWN}), REDIS),
    case.passes(_service(vpcAccess={"networkInterfaces": [UNKNOWN]}), REDIS),
    case.passes(_service(vpcAccess=UNKNOWN), REDIS),
    case.fails(_service(), REDIS),
    case.fails(_service(vpcAccess={}), REDIS),
    case.fails(_service(vpcAccess={"connector": ""}), REDIS),
    case.fails(_service(vpcAccess={"networkInterfaces": []}), REDIS),
    case.fails(_service(vpcAccess={"egress": "ALL_TRAFFIC"}), REDIS),
    case.passes(
        case.resource(CLOUDRUNV2_SERVICE, template={"containers": [{"image": "i"}]}), REDIS
    ),
    *(case.fails(_service(), case.resource(token, "database")) for token in MEMORYSTORES[1:]),
    case.passes(_job(vpcAccess=INTERFACE), REDIS),
    case.fails(_job(), REDIS),
    case.passes(
        case.resource(
            CLOUDRUNV2_WORKER_POOL, template={"containers": CONTAINERS, "vpcAccess": INTERFACE}
        ),
        REDIS,
    ),
    case.fails(case.resource(CLOUDRUNV2_WORKER_POOL, template={"containers": CONTAINERS}), REDIS),
    case.passes(_v1(VPC_ACCESS_CONNECTOR, UNKNOWN), REDIS),
    case.passes(_v1(NETWORK_INTERFACES, "[]"), REDIS),
    case.fails(_v1(VPC_ACCESS_EGRESS, "all-traffic"), REDIS),
    case.fails(
        case.resource(CLOUDRUN_SERVICE, template={"spec": {"containers": CONTAINERS}}), REDIS
    ),
    case.fails(_service(), _sql(ipConfiguration={"ipv4Enabled": False})),
    case.passes(_service(), _sql(ipConfiguration={"ipv4Enabled": True})),
    case.passes(_service(), _sql()),
    case.undecided(_service(), _sql(ipConfiguration={"ipv4Enabled": UNKNOWN})),
    case.fails(_service(), _alloydb()),
    case.fails(_service(), _alloydb(networkConfig={"enablePublicIp": False})),
    case.passes(_service(), _alloydb(networkConfig={"enablePublicIp": True})),
    case.undecided(_service(), _alloydb(networkConfig={"enablePublicIp": UNKNOWN})),
]
