"""Every resource that supports labels has the required ones."""

import json
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from apex_guardrails.gcp.labels import has_label, labels_of
from apex_guardrails.gcp.types import (
    CLOUDRUN_SERVICE,
    CONTAINER_CLUSTER,
    MONITORING_NOTIFICATION_CHANNEL,
    SECRETMANAGER_SECRET,
    SQL_DATABASE_INSTANCE,
)
from apex_guardrails.model import (
    Assignments,
    KeysAmong,
    Looser,
    Parameters,
    Remedy,
    Resource,
    Violation,
    absent,
    case,
    is_labelable,
    rule,
)
from apex_guardrails.model.phrases import counted

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# Resource Manager documentation, "Requirements for labels", 2026-11; here without other alphabets.
LabelValue = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,63}$")]


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
    values: Annotated[dict[Key, LabelValue], KeysAmong("keys")] = Field(
        default_factory=dict,
        description=(
            "The values of required labels, by key, that a remedy gives to a resource that lacks "
            "them; one that lacks a label without a value here is left as it is."
        ),
    )


def _missing(resource: Resource, path: str, required: RequiredLabels) -> Assignments:
    return absent(labels_of(resource), path, required.keys, required.values)


@rule(
    severity="medium",
    on=is_labelable,
    controls=["checkov:CKV_GCP_21", "trivy:GCP-0051"],
    fix="Add the labels to the resource, or to default_labels of the gcp provider.",
    remedy=Remedy(_missing),
    parameters=RequiredLabels,
    opt_in=True,
)
def labels_required_keys(resource: Resource, required: RequiredLabels) -> Iterator[Violation]:
    """Without them, nobody knows who owns a resource or who pays for it."""
    path = str(resource.type.labels)
    if not required.keys:
        if not has_label(resource):
            yield resource.fail("has no labels", at=path)
        return
    given = labels_of(resource)
    missing = [key for key in required.keys if key not in given]
    if missing:
        labels = counted(len(missing), "label")
        yield resource.fail(f"lacks {labels}: {', '.join(missing)}", at=path)


LABELS = {"environment": "dev", "owner": "platform", "cost-center": "apex", "app": "apex"}
KEYS = {"keys": list(LABELS)}
CASES = [
    *(
        case.passes(item, _parameters=KEYS)
        for item in (
            case.resource(SECRETMANAGER_SECRET, labels=LABELS),
            case.resource(SECRETMANAGER_SECRET, labels={**LABELS, "owner": case.UNKNOWN}),
            case.resource(
                SECRETMANAGER_SECRET, labels={**LABELS, "owner": case.secret("platform")}
            ),
            case.resource(SECRETMANAGER_SECRET, _provider={"defaultLabels": LABELS}),
            # The engine passes a provider's nested inputs as JSON text.
            case.resource(SECRETMANAGER_SECRET, _provider={"defaultLabels": json.dumps(LABELS)}),
            case.resource(
                SECRETMANAGER_SECRET, labels={"app": "x"}, _provider={"defaultLabels": LABELS}
            ),
            # Null is not sent: the provider's default stays.
            case.resource(
                SECRETMANAGER_SECRET, labels={"app": None}, _provider={"defaultLabels": LABELS}
            ),
            case.resource(SQL_DATABASE_INSTANCE, settings={"userLabels": LABELS}),
            case.resource(CONTAINER_CLUSTER, resourceLabels=LABELS),
            case.resource(MONITORING_NOTIFICATION_CHANNEL, userLabels=LABELS),
            case.resource(CLOUDRUN_SERVICE, metadata={"labels": LABELS}),
            case.resource(CLOUDRUN_SERVICE, _provider={"defaultLabels": LABELS}),
        )
    ),
    *(
        case.fails(item, _parameters=KEYS)
        for item in (
            case.resource(SECRETMANAGER_SECRET, _provider={"defaultLabels": "not JSON"}),
            case.resource(SECRETMANAGER_SECRET, labels={"environment": "dev"}),
            case.resource(SECRETMANAGER_SECRET, labels={}),
            case.resource(SECRETMANAGER_SECRET),
            case.resource(SECRETMANAGER_SECRET, labels=dict.fromkeys(LABELS, "")),
            case.resource(SECRETMANAGER_SECRET, labels=dict.fromkeys(LABELS)),
            case.resource(SECRETMANAGER_SECRET, labels={**LABELS, "owner": "  "}),
            case.resource(SECRETMANAGER_SECRET, labels={**LABELS, "owner": case.secret("")}),
            case.resource(
                SECRETMANAGER_SECRET, _provider={"defaultLabels": {**LABELS, "owner": ""}}
            ),
            # An empty one of its own takes the place of the provider's.
            case.resource(
                SECRETMANAGER_SECRET, labels={"app": ""}, _provider={"defaultLabels": LABELS}
            ),
            # The provider's default labels do not reach an instance's user labels.
            case.resource(SQL_DATABASE_INSTANCE, settings={}, _provider={"defaultLabels": LABELS}),
            case.resource(CONTAINER_CLUSTER),
            # What a channel calls labels is where its messages go.
            case.resource(MONITORING_NOTIFICATION_CHANNEL, labels=LABELS),
            case.resource(CLOUDRUN_SERVICE, template={"metadata": {"labels": LABELS}}),
            *(
                case.resource(
                    SECRETMANAGER_SECRET, labels={k: v for k, v in LABELS.items() if k != missing}
                )
                for missing in LABELS
            ),
        )
    ),
    *(
        case.undecided(item, _parameters=KEYS)
        for item in (
            case.resource(SECRETMANAGER_SECRET, labels=case.UNKNOWN),
            case.resource(SQL_DATABASE_INSTANCE, settings=case.UNKNOWN),
            case.resource(CONTAINER_CLUSTER, resourceLabels=case.UNKNOWN),
            case.resource(MONITORING_NOTIFICATION_CHANNEL, userLabels=case.UNKNOWN),
            case.resource(CLOUDRUN_SERVICE, metadata=case.UNKNOWN),
            case.resource(SECRETMANAGER_SECRET, _provider={"defaultLabels": case.UNKNOWN}),
        )
    ),
    case.passes(
        case.resource(SECRETMANAGER_SECRET, labels={"team": "x"}), _parameters={"keys": ["team"]}
    ),
    # Where no key is named, any label will do.
    case.passes(case.resource(SECRETMANAGER_SECRET, labels={"team": "x"})),
    case.passes(case.resource(SECRETMANAGER_SECRET, labels={"team": case.UNKNOWN})),
    case.passes(
        case.resource(SECRETMANAGER_SECRET, labels={"a": ""}, _provider={"defaultLabels": LABELS})
    ),
    case.fails(case.resource(SECRETMANAGER_SECRET)),
    case.fails(case.resource(SECRETMANAGER_SECRET, secretId="s")),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"team": "", "owner": None})),
    case.undecided(case.resource(SECRETMANAGER_SECRET, labels=case.UNKNOWN)),
]
