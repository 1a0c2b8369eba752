"""VMs run as a dedicated service account, not the default one."""

from collections.abc import Iterator

from apex_guardrails.gcp.accounts import MACHINE_ACCOUNT, runs_as_default
from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=MACHINES,
    controls=["cis-gcp-4.0:4.1", "checkov:CKV_GCP_30", "trivy:GCP-0044"],
    fix="Set service_account.email=sa.email.",
)
def compute_no_default_service_account(machine: Resource) -> Iterator[Violation]:
    """The default account is usually Editor on the project."""
    if runs_as_default(machine):
        yield machine.fail("runs as the default service account", at=MACHINE_ACCOUNT)


CASES = [
    case.passes(serviceAccount={"email": "neo4j@p.iam.gserviceaccount.com", "scopes": []}),
    case.passes(serviceAccount={"email": case.UNKNOWN, "scopes": []}),
    case.passes(serviceAccount=case.UNKNOWN),
    case.passes(serviceAccount={"email": case.concat("api@", case.UNKNOWN)}),
    case.passes(
        serviceAccount={"email": case.concat("api@", case.UNKNOWN, ".iam.gserviceaccount.com")}
    ),
    case.fails(
        serviceAccount={
            "email": case.concat(case.UNKNOWN, "-compute@developer.gserviceaccount.com")
        }
    ),
    case.passes(),
    case.fails(
        serviceAccount={"email": "1234-compute@developer.gserviceaccount.com", "scopes": []}
    ),
    case.fails(serviceAccount={"email": "p@appspot.gserviceaccount.com", "scopes": []}),
    case.fails(serviceAccount={"email": "default", "scopes": []}),
    case.fails(serviceAccount={"email": "", "scopes": []}),
    case.fails(serviceAccount={"scopes": ["cloud-platform"]}),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, serviceAccount={"scopes": []})),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            serviceAccount={"scopes": []},
        )
    ),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(case.resource(token, serviceAccount={"email": "default", "scopes": []}))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
