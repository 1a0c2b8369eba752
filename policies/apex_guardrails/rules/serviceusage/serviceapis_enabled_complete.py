"""Every service that a resource needs is enabled in the stack."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.types import (
    BIGQUERY_CONNECTION,
    BIGQUERY_TABLE,
    CLOUDFUNCTIONSV2_FUNCTION,
    COMPUTE_NETWORK,
    PROJECTS_IAM_MEMBER,
    PROJECTS_SERVICE,
)
from apex_guardrails.model import (
    UNKNOWN,
    Looser,
    Parameters,
    Resource,
    Stack,
    UndecidedError,
    Violation,
    case,
    rule,
)
from apex_guardrails.model.phrases import counted

# The service behind each module of the provider: the host name of the API that the resource's page
# in Google's REST reference gives (2026-11). Modules whose resources need several, or none of
# their own, are left out: nothing is asked of them.
SERVICES = {
    "accesscontextmanager": "accesscontextmanager",
    "activedirectory": "managedidentities",
    "alloydb": "alloydb",
    "apigateway": "apigateway",
    "apigee": "apigee",
    "appengine": "appengine",
    "artifactregistry": "artifactregistry",
    "bigquery": "bigquery",
    "bigtable": "bigtableadmin",
    "billing": "cloudbilling",
    "binaryauthorization": "binaryauthorization",
    "certificateauthority": "privateca",
    "certificatemanager": "certificatemanager",
    "cloudasset": "cloudasset",
    "cloudbuild": "cloudbuild",
    "cloudbuildv2": "cloudbuild",
    "clouddeploy": "clouddeploy",
    "cloudfunctions": "cloudfunctions",
    "cloudfunctionsv2": "cloudfunctions",
    "cloudids": "ids",
    "cloudrun": "run",
    "cloudrunv2": "run",
    "cloudscheduler": "cloudscheduler",
    "cloudtasks": "cloudtasks",
    "composer": "composer",
    "compute": "compute",
    "container": "container",
    "dataflow": "dataflow",
    "datafusion": "datafusion",
    "dataplex": "dataplex",
    "dataproc": "dataproc",
    "datastream": "datastream",
    "dns": "dns",
    "eventarc": "eventarc",
    "filestore": "file",
    "firestore": "firestore",
    "gkebackup": "gkebackup",
    "gkehub": "gkehub",
    "healthcare": "healthcare",
    "iam": "iam",
    "iap": "iap",
    "identityplatform": "identitytoolkit",
    "kms": "cloudkms",
    "logging": "logging",
    "looker": "looker",
    "lustre": "lustre",
    "managedkafka": "managedkafka",
    "memcache": "memcache",
    "memorystore": "memorystore",
    "monitoring": "monitoring",
    "netapp": "netapp",
    "networkconnectivity": "networkconnectivity",
    "networkmanagement": "networkmanagement",
    "networksecurity": "networksecurity",
    "networkservices": "networkservices",
    "orgpolicy": "orgpolicy",
    "osconfig": "osconfig",
    "oslogin": "oslogin",
    "parametermanager": "parametermanager",
    "pubsub": "pubsub",
    "redis": "redis",
    "secretmanager": "secretmanager",
    "securesourcemanager": "securesourcemanager",
    "serviceaccount": "iam",
    "servicedirectory": "servicedirectory",
    "servicenetworking": "servicenetworking",
    "spanner": "spanner",
    "sql": "sqladmin",
    "storage": "storage",
    "transcoder": "transcoder",
    "vertex": "aiplatform",
    "vpcaccess": "vpcaccess",
    "workbench": "notebooks",
    "workflows": "workflows",
    "workstations": "workstations",
}
# The types whose service is another than their module's, by how module and name begin; from the
# same pages: those of the APIs that have such a resource.
OTHERS = {
    "bigquery/appProfile": "bigtableadmin",
    "bigquery/biReservation": "bigqueryreservation",
    "bigquery/capacityCommitment": "bigqueryreservation",
    "bigquery/connection": "bigqueryconnection",
    "bigquery/dataTransfer": "bigquerydatatransfer",
    "bigquery/datapolicyv2": "bigquerydatapolicy",
    "bigquery/reservation": "bigqueryreservation",
    "billing/budget": "billingbudgets",
    "compute/caExternalAccountKey": "publicca",
    "compute/securityScanConfig": "websecurityscanner",
    "container/attachedCluster": "gkemulticloud",
    "container/aws": "gkemulticloud",
    "container/azure": "gkemulticloud",
    "container/registry": "containerregistry",
    "dataflow/pipeline": "datapipelines",
    "dataproc/gdc": "dataprocgdc",
    "dataproc/metastore": "metastore",
    "pubsub/lite": "pubsublite",
    "storage/insights": "storageinsights",
    "storage/transfer": "storagetransfer",
}
# A function is built, stored and run by these, too (Cloud Run functions documentation, "Deploy a
# function": before you begin, 2026-11); one that events trigger needs Eventarc.
BEHIND_FUNCTIONS = ("artifactregistry", "cloudbuild", "run")


class EnabledElsewhere(Parameters):
    """Services that are enabled outside the stack."""

    enabled_elsewhere: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (),
        description="Services that something else enables, such as compute.googleapis.com.",
    )


@rule(
    severity="medium",
    on="*",
    scope="stack",
    fix=(
        "Create gcp.projects.Service for each, and make the resources depend on it, or list"
        " in enabled_elsewhere what is enabled elsewhere."
    ),
    parameters=EnabledElsewhere,
)
def serviceapis_enabled_complete(stack: Stack, settings: EnabledElsewhere) -> Iterator[Violation]:
    """Without them, the first deployment to a new project may fail halfway."""
    enabled: list[object] = list(settings.enabled_elsewhere)
    unknown: UndecidedError | None = None
    for service in stack.of_type(PROJECTS_SERVICE):
        try:
            enabled.append(service.get("service"))
        except UndecidedError as undecided:
            unknown = undecided
    lacking = {name: count for name, count in sorted(_needed(stack).items()) if name not in enabled}
    if not lacking:
        return
    if unknown is not None:
        raise unknown  # it may be the one
    # One finding, whatever is missing: services are often enabled by who makes the project.
    named = ", ".join(f"{name} ({counted(count, 'resource')})" for name, count in lacking.items())
    yield stack.fail(f"does not enable the services that its resources need: {named}")


def _needed(stack: Stack) -> Counter[str]:
    """How many resources need a service, by its name."""
    return Counter(f"{name}.googleapis.com" for resource in stack for name in _services(resource))


def _services(resource: Resource) -> Iterator[str]:
    """The services that a resource needs, without their common ending."""
    package, _, rest = resource.type.token.partition(":")
    if package != "gcp" or not resource.custom:
        return
    other = next((name for start, name in OTHERS.items() if rest.startswith(start)), None)
    service = other or SERVICES.get(rest.partition("/")[0])
    if service:
        yield service
    if resource.type.token == CLOUDFUNCTIONSV2_FUNCTION:
        yield from BEHIND_FUNCTIONS
        trigger = resource.peek("eventTrigger")
        if trigger is not None and trigger is not UNKNOWN:
            yield "eventarc"


def _enabled(*names: str) -> list[case.CaseResource]:
    return [case.resource(PROJECTS_SERVICE, service=f"{name}.googleapis.com") for name in names]


NETWORK = case.resource(COMPUTE_NETWORK, "vpc")
TRIGGERED = case.resource(
    CLOUDFUNCTIONSV2_FUNCTION, eventTrigger={"eventType": "google.cloud.audit.log.v1.written"}
)
CASES = [
    case.passes(case.resource(PROJECTS_SERVICE, service="compute.googleapis.com"), NETWORK),
    case.passes(NETWORK, _parameters={"enabled_elsewhere": ["compute.googleapis.com"]}),
    case.passes(case.resource(PROJECTS_IAM_MEMBER, role="roles/run.viewer")),
    # Another provider may have a module of the same name.
    case.passes(case.resource("aws:iam/role:Role")),
    case.passes(case.resource("random:index/randomPassword:RandomPassword", length=32)),
    case.fails(NETWORK),
    case.fails(case.resource(PROJECTS_SERVICE, service="run.googleapis.com"), NETWORK),
    case.fails(case.resource(PROJECTS_SERVICE), NETWORK),
    case.passes(
        case.resource(PROJECTS_SERVICE, service=UNKNOWN),
        case.resource(PROJECTS_SERVICE, service="compute.googleapis.com"),
        NETWORK,
    ),
    case.undecided(case.resource(PROJECTS_SERVICE, service=UNKNOWN), NETWORK),
    case.passes(*_enabled("bigqueryconnection"), case.resource(BIGQUERY_CONNECTION)),
    case.fails(*_enabled("bigquery"), case.resource(BIGQUERY_CONNECTION)),
    case.passes(*_enabled("bigquery"), case.resource(BIGQUERY_TABLE)),
    case.passes(
        *_enabled("cloudfunctions", *BEHIND_FUNCTIONS), case.resource(CLOUDFUNCTIONSV2_FUNCTION)
    ),
    case.fails(*_enabled("cloudfunctions", *BEHIND_FUNCTIONS), TRIGGERED),
    case.passes(*_enabled("cloudfunctions", "eventarc", *BEHIND_FUNCTIONS), TRIGGERED),
    case.fails(
        *_enabled("cloudfunctions", *BEHIND_FUNCTIONS[:-1]),
        case.resource(CLOUDFUNCTIONSV2_FUNCTION),
    ),
    case.passes(
        *_enabled("cloudfunctions", *BEHIND_FUNCTIONS),
        case.resource(CLOUDFUNCTIONSV2_FUNCTION, eventTrigger=UNKNOWN),
    ),
]
