"""Labels, annotations, descriptions and metadata contain no credentials."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_SERVICE,
    CLOUDSCHEDULER_JOB,
    COMPUTE_INSTANCE,
    COMPUTE_NETWORK,
    CONTAINER_CLUSTER,
    MONITORING_ALERT_POLICY,
    MONITORING_NOTIFICATION_CHANNEL,
    SQL_DATABASE_INSTANCE,
    STORAGE_BUCKET,
)
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import DESCRIPTIVE, find_shown, find_violations

# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24


@rule(
    severity="critical",
    on=ANY_TYPE,
    found_by=find_shown,
    fix="Revoke the credential, remove it, and store a new one in Secret Manager.",
)
def credentials_not_in_labels_or_descriptions(resource: Resource) -> Iterator[Violation]:
    """Consoles, inventories and bills show them to everyone who can list the resources."""
    return find_violations(resource, DESCRIPTIVE)


CASES = [
    case.passes(case.resource(COMPUTE_NETWORK)),
    case.passes(case.resource(COMPUTE_NETWORK, description="the network")),
    case.passes(case.resource(COMPUTE_NETWORK, description=case.UNKNOWN)),
    case.fails(case.resource(COMPUTE_NETWORK, description=TOKEN)),
    case.fails(case.resource(COMPUTE_NETWORK, description=case.secret(TOKEN))),
    case.fails(case.resource(COMPUTE_NETWORK, description="log in with password: correct-h0rse")),
    case.fails(case.resource(STORAGE_BUCKET, labels={"db-password": "correct-horse"})),
    # Secret config has a rule of its own.
    case.passes(case.resource(COMPUTE_NETWORK, description=f"made with {case.SECRET_CONFIG}")),
    case.fails(case.resource(STORAGE_BUCKET, labels={"owner": TOKEN})),
    case.fails(case.resource(CLOUDRUNV2_SERVICE, annotations={"a": TOKEN})),
    case.fails(case.resource(CLOUDRUNV2_SERVICE, template={"annotations": {"a": TOKEN}})),
    case.fails(case.resource(SQL_DATABASE_INSTANCE, settings={"userLabels": {"a": TOKEN}})),
    case.fails(case.resource(MONITORING_ALERT_POLICY, userLabels={"owner": TOKEN})),
    case.fails(
        case.resource(CONTAINER_CLUSTER, resourceLabels={"a": TOKEN}),
    ),
    case.fails(case.resource(CLOUDRUN_SERVICE, metadata={"annotations": {"a": TOKEN}})),
    # The address of a webhook may bring its token from secret config, and not have it written in.
    case.fails(
        case.resource(
            MONITORING_NOTIFICATION_CHANNEL, labels={"url": f"https://example.org/?auth={TOKEN}"}
        )
    ),
    case.passes(
        case.resource(
            MONITORING_NOTIFICATION_CHANNEL,
            labels={"url": case.secret(f"https://example.org/{case.SECRET_CONFIG}")},
        )
    ),
    case.passes(
        case.resource(MONITORING_NOTIFICATION_CHANNEL, labels={"url": "https://example.org/hooks"})
    ),
    # A rule of its own asks for other inputs of this type alone.
    case.fails(case.resource(CLOUDSCHEDULER_JOB, description=TOKEN)),
    # Other rules ask what is in other inputs, and how a channel's token came there.
    case.passes(case.resource(COMPUTE_NETWORK, name=TOKEN)),
    case.passes(case.resource(COMPUTE_INSTANCE, metadata={"a": TOKEN})),
    case.passes(case.resource(MONITORING_NOTIFICATION_CHANNEL, labels={"auth_token": TOKEN})),
]
