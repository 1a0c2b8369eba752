"""Labels, annotations, descriptions and metadata hold no credential."""

from collections.abc import Iterator

from policies.model import ANY_TYPE, Complaint, Resource, case, rule
from policies.model.credentials import may_hold_token
from policies.model.google.credential_inputs import is_credential_input
from policies.model.google.shown_inputs import (
    credential_in,
    has_own_rule,
    is_descriptive,
    text_of,
)

NETWORK = "gcp:compute/network:Network"
BUCKET = "gcp:storage/bucket:Bucket"
SERVICE = "gcp:cloudrunv2/service:Service"
# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24


@rule(
    severity="critical",
    on=ANY_TYPE,
    fix="Revoke the credential, remove it, and put a new one into Secret Manager.",
)
def credentials_not_in_labels_or_descriptions(resource: Resource) -> Iterator[Complaint]:
    """They are shown in consoles, inventories and bills to everyone who may list resources."""
    data, stack = resource.serialized, resource.stack
    if data is not None and not (may_hold_token(data) or stack.secret_config.may_occur_in(data)):
        return
    for leaf in resource.leaves():
        if not is_descriptive(leaf.path):
            continue
        what = credential_in(stack, text_of(leaf))
        has_another_rule = has_own_rule(resource, leaf.path) or is_credential_input(
            resource, leaf.path
        )
        if what is not None and not has_another_rule:
            yield resource.fail(what, at=leaf.path)


CASES = [
    case.passes(case.resource(NETWORK)),
    case.passes(case.resource(NETWORK, description="the network")),
    case.passes(case.resource(NETWORK, description=case.UNKNOWN)),
    case.fails(case.resource(NETWORK, description=TOKEN)),
    case.fails(case.resource(NETWORK, description=case.secret(TOKEN))),
    case.fails(case.resource(NETWORK, description=f"made with {case.SECRET_CONFIG}")),
    case.fails(case.resource(NETWORK, description=case.secret(case.SECRET_CONFIG))),
    case.fails(case.resource(BUCKET, labels={"owner": case.SECRET_CONFIG})),
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
    # A rule of its own asks for other inputs of this type alone.
    case.fails(case.resource("gcp:cloudscheduler/job:Job", description=TOKEN)),
    # Other rules ask what is in other inputs, and how a channel's token came there.
    case.passes(case.resource(NETWORK, name=TOKEN)),
    case.passes(case.resource("gcp:compute/instance:Instance", metadata={"a": TOKEN})),
    case.passes(
        case.resource(
            "gcp:monitoring/notificationChannel:NotificationChannel", labels={"auth_token": TOKEN}
        )
    ),
]
