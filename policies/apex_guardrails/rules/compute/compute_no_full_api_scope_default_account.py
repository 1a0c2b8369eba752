"""VMs with the default service account do not have the cloud-platform scope."""

from collections.abc import Iterator

from apex_guardrails.gcp.accounts import runs_as_default
from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule

FULL = ("cloud-platform", "https://www.googleapis.com/auth/cloud-platform")


@rule(
    severity="critical",
    on=MACHINES,
    controls=["cis-gcp-4.0:4.2", "checkov:CKV_GCP_31"],
    fix="Use a dedicated account.",
)
def compute_no_full_api_scope_default_account(machine: Resource) -> Iterator[Violation]:
    """An attacker on the VM can take over the whole project."""
    if not runs_as_default(machine):
        return
    for scope in machine.each("serviceAccount.scopes"):
        if scope.get("") in FULL:
            yield scope.fail("gives the default service account the cloud-platform scope")


CASES = [
    case.passes(
        serviceAccount={"email": "neo4j@p.iam.gserviceaccount.com", "scopes": ["cloud-platform"]}
    ),
    case.passes(serviceAccount={"email": case.UNKNOWN, "scopes": ["cloud-platform"]}),
    case.fails(
        serviceAccount={
            "email": case.concat(case.UNKNOWN, "-compute@developer.gserviceaccount.com"),
            "scopes": ["cloud-platform"],
        }
    ),
    case.passes(serviceAccount={"scopes": ["logging-write"]}),
    case.passes(serviceAccount={}),
    case.passes(),
    case.fails(serviceAccount={"email": "default", "scopes": ["cloud-platform"]}),
    case.fails(serviceAccount={"email": "", "scopes": ["cloud-platform"]}),
    case.fails(
        serviceAccount={
            "email": "1234-compute@developer.gserviceaccount.com",
            "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
        }
    ),
    case.fails(serviceAccount={"scopes": ["logging-write", "cloud-platform"]}),
    case.undecided(serviceAccount={"scopes": case.UNKNOWN}),
    case.undecided(serviceAccount={"scopes": [case.UNKNOWN]}),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_TEMPLATE,
            serviceAccount={"scopes": ["cloud-platform"]},
        )
    ),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            serviceAccount={"scopes": ["cloud-platform"]},
        )
    ),
    *(
        case.passes(case.resource(token))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
    *(
        case.fails(case.resource(token, serviceAccount={"scopes": ["cloud-platform"]}))
        for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)
    ),
]
