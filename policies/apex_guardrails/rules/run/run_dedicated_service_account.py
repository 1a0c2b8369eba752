"""Cloud Run workloads run as their own service account."""

from collections.abc import Iterator

from apex_guardrails.gcp.accounts import account_at, is_default_account
from apex_guardrails.gcp.run import ACCOUNT_PATHS, WORKLOADS
from apex_guardrails.gcp.types import CLOUDRUN_SERVICE, CLOUDRUNV2_JOB, CLOUDRUNV2_WORKER_POOL
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=WORKLOADS,
    fix="Set template.service_account=sa.email; of a job template.template.service_account, of the "
    "older cloudrun.Service template.spec.service_account_name.",
)
def run_dedicated_service_account(workload: Resource) -> Iterator[Violation]:
    """The default Compute Engine account is usually Editor on the project."""
    path = ACCOUNT_PATHS[workload.type.token]
    # Omitted: the default account of Compute Engine (Cloud Run documentation, 2026-11).
    email = account_at(workload, path, omitted="")
    if not email or is_default_account(email):
        yield workload.fail("runs as a default service account", at=path)


CASES = [
    case.passes(template={"serviceAccount": "api@p.iam.gserviceaccount.com"}),
    case.passes(template={"serviceAccount": case.UNKNOWN}),
    case.passes(template=case.UNKNOWN),
    case.fails(
        template={
            "serviceAccount": case.concat(case.UNKNOWN, "-compute@developer.gserviceaccount.com")
        }
    ),
    case.fails(template={"serviceAccount": "1-compute@developer.gserviceaccount.com"}),
    case.fails(template={"serviceAccount": ""}),
    case.fails(template={}),
    case.fails(),
    case.passes(
        case.resource(
            CLOUDRUNV2_JOB,
            template={"template": {"serviceAccount": "a@p.iam.gserviceaccount.com"}},
        )
    ),
    case.fails(case.resource(CLOUDRUNV2_JOB, template={"template": {}})),
    case.passes(
        case.resource(
            CLOUDRUNV2_WORKER_POOL,
            template={"serviceAccount": "a@p.iam.gserviceaccount.com"},
        )
    ),
    case.fails(case.resource(CLOUDRUNV2_WORKER_POOL, template={})),
    case.passes(
        case.resource(
            CLOUDRUN_SERVICE,
            template={"spec": {"serviceAccountName": "a@p.iam.gserviceaccount.com"}},
        )
    ),
    case.fails(case.resource(CLOUDRUN_SERVICE, template={"spec": {}})),
]
