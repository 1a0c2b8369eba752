"""Labels, annotations, descriptions and metadata contain no credentials."""

from collections.abc import Iterator

from apex_guardrails.gcp.shown_inputs import DESCRIPTIVE, violations
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule

NETWORK = "gcp:compute/network:Network"
BUCKET = "gcp:storage/bucket:Bucket"
SERVICE = "gcp:cloudrunv2/service:Service"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"
# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24


@rule(
    severity="critical",
    on=ANY_TYPE,
    fix="Revoke the credential, remove it, and store a new one in Secret Manager.",
)
def credentials_not_in_labels_or_descriptions(resource: Resource) -> Iterator[Violation]:
    """Consoles, inventories and bills show them to everyone who can list the resources."""
    return violations(resource, DESCRIPTIVE)


CASES = [
    case.passes(case.resource(NETWORK)),
    case.passes(case.resource(NETWORK, description="the network")),
    case.passes(case.resource(NETWORK, description=case.UNKNOWN)),
    case.fails(case.resource(NETWORK, description=TOKEN)),
    case.fails(case.resource(NETWORK, description=case.secret(TOKEN))),
    case.fails(case.resource(NETWORK, description="log in with password: correct-h0rse")),
    case.fails(case.resource(BUCKET, labels={"db-password": "correct-horse"})),
    # Secret config has a rule of its own.
    case.passes(case.resource(NETWORK, description=f"made with {case.SECRET_CONFIG}")),
    case.fails(case.resource(BUCKET, labels={"owner": TOKEN})),
    case.fails(case.resource(SERVICE, annotations={"a": TOKEN})),
    case.fails(case.resource(SERVICE, template={"annotations": {"a": TOKEN}})),
    case.fails(
        case.resource(
            "gcp:sql/databaseInstance:DatabaseInstance", settings={"userLabels": {"a": TOKEN}}
        )
    ),
    case.fails(
        case.resource("gcp:monitoring/alertPolicy:AlertPolicy", userLabels={"owner": TOKEN})
    ),
    case.fails(
        case.resource("gcp:container/cluster:Cluster", resourceLabels={"a": TOKEN}),
    ),
    case.fails(
        case.resource("gcp:cloudrun/service:Service", metadata={"annotations": {"a": TOKEN}})
    ),
    # The address of a webhook may bring its token from secret config, and not have it written in.
    case.fails(case.resource(CHANNEL, labels={"url": f"https://example.org/?auth={TOKEN}"})),
    case.passes(
        case.resource(
            CHANNEL, labels={"url": case.secret(f"https://example.org/{case.SECRET_CONFIG}")}
        )
    ),
    case.passes(case.resource(CHANNEL, labels={"url": "https://example.org/hooks"})),
    # A rule of its own asks for other inputs of this type alone.
    case.fails(case.resource("gcp:cloudscheduler/job:Job", description=TOKEN)),
    # Other rules ask what is in other inputs, and how a channel's token came there.
    case.passes(case.resource(NETWORK, name=TOKEN)),
    case.passes(case.resource("gcp:compute/instance:Instance", metadata={"a": TOKEN})),
    case.passes(case.resource(CHANNEL, labels={"auth_token": TOKEN})),
]
