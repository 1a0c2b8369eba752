"""Every resource that can have labels carries the required ones."""

import json
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from apex_guardrails.gcp.labels import has_label, labels_of
from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, is_labelable, rule

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class RequiredLabels(Parameters):
    """Which labels a resource must carry."""

    keys: Annotated[tuple[Key, ...], Looser.LESS] = Field(
        (),
        min_length=1,
        description=(
            "The keys of the labels that every labelable resource must carry, such as owner. Where "
            "none is named, any one label will do."
        ),
    )


@rule(
    severity="medium",
    on=is_labelable,
    fix="Add the labels to the resource, or to default_labels of the gcp provider.",
    parameters=RequiredLabels,
    opt_in=True,
)
def labels_required_keys(resource: Resource, required: RequiredLabels) -> Iterator[Violation]:
    """Without them nobody knows whose a resource is, and its cost belongs to no one."""
    path = str(resource.type.labels)
    if not required.keys:
        if not has_label(resource):
            yield resource.fail("has no label", at=path)
        return
    given = labels_of(resource)
    missing = [key for key in required.keys if key not in given]
    if missing:
        yield resource.fail(f"lacks the labels {', '.join(missing)}", at=path)


LABELS = {"environment": "dev", "owner": "platform", "cost-center": "apex", "app": "apex"}
KEYS = {"keys": list(LABELS)}
SECRET = "gcp:secretmanager/secret:Secret"  # noqa: S105 a resource type
INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
SERVICE_V1 = "gcp:cloudrun/service:Service"
CLUSTER = "gcp:container/cluster:Cluster"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"
CASES = [
    *(
        case.passes(item, _parameters=KEYS)
        for item in (
            case.resource(SECRET, labels=LABELS),
            case.resource(SECRET, labels={**LABELS, "owner": case.UNKNOWN}),
            case.resource(SECRET, labels={**LABELS, "owner": case.secret("platform")}),
            case.resource(SECRET, _provider={"defaultLabels": LABELS}),
            # The engine passes a provider's nested inputs as JSON text.
            case.resource(SECRET, _provider={"defaultLabels": json.dumps(LABELS)}),
            case.resource(SECRET, labels={"app": "x"}, _provider={"defaultLabels": LABELS}),
            # Null is not sent: the provider's default stays.
            case.resource(SECRET, labels={"app": None}, _provider={"defaultLabels": LABELS}),
            case.resource(INSTANCE, settings={"userLabels": LABELS}),
            case.resource(CLUSTER, resourceLabels=LABELS),
            case.resource(CHANNEL, userLabels=LABELS),
            case.resource(SERVICE_V1, metadata={"labels": LABELS}),
            case.resource(SERVICE_V1, _provider={"defaultLabels": LABELS}),
        )
    ),
    *(
        case.fails(item, _parameters=KEYS)
        for item in (
            case.resource(SECRET, _provider={"defaultLabels": "not JSON"}),
            case.resource(SECRET, labels={"environment": "dev"}),
            case.resource(SECRET, labels={}),
            case.resource(SECRET),
            case.resource(SECRET, labels=dict.fromkeys(LABELS, "")),
            case.resource(SECRET, labels=dict.fromkeys(LABELS)),
            case.resource(SECRET, labels={**LABELS, "owner": "  "}),
            case.resource(SECRET, labels={**LABELS, "owner": case.secret("")}),
            case.resource(SECRET, _provider={"defaultLabels": {**LABELS, "owner": ""}}),
            # An empty one of its own takes the place of the provider's.
            case.resource(SECRET, labels={"app": ""}, _provider={"defaultLabels": LABELS}),
            # The provider's default labels do not reach an instance's user labels.
            case.resource(INSTANCE, settings={}, _provider={"defaultLabels": LABELS}),
            case.resource(CLUSTER),
            # What a channel calls labels is where its messages go.
            case.resource(CHANNEL, labels=LABELS),
            case.resource(SERVICE_V1, template={"metadata": {"labels": LABELS}}),
            *(
                case.resource(SECRET, labels={k: v for k, v in LABELS.items() if k != missing})
                for missing in LABELS
            ),
        )
    ),
    *(
        case.undecided(item, _parameters=KEYS)
        for item in (
            case.resource(SECRET, labels=case.UNKNOWN),
            case.resource(INSTANCE, settings=case.UNKNOWN),
            case.resource(CLUSTER, resourceLabels=case.UNKNOWN),
            case.resource(CHANNEL, userLabels=case.UNKNOWN),
            case.resource(SERVICE_V1, metadata=case.UNKNOWN),
            case.resource(SECRET, _provider={"defaultLabels": case.UNKNOWN}),
        )
    ),
    case.passes(case.resource(SECRET, labels={"team": "x"}), _parameters={"keys": ["team"]}),
    # Where no key is named, any label will do.
    case.passes(case.resource(SECRET, labels={"team": "x"})),
    case.passes(case.resource(SECRET, labels={"team": case.UNKNOWN})),
    case.passes(case.resource(SECRET, labels={"a": ""}, _provider={"defaultLabels": LABELS})),
    case.fails(case.resource(SECRET)),
    case.fails(case.resource(SECRET, secretId="s")),
    case.fails(case.resource(SECRET, labels={"team": "", "owner": None})),
    case.undecided(case.resource(SECRET, labels=case.UNKNOWN)),
]
