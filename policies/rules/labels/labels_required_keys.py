"""Every resource that can have labels carries the required ones."""

import json
from collections.abc import Iterator

from pydantic import Field

from policies.model import Complaint, Parameters, Resource, case, is_labelable, rule


class RequiredLabels(Parameters):
    """Which labels a resource must carry."""

    keys: tuple[str, ...] = Field(
        ("environment", "owner", "cost-center", "app"),
        description="The keys of the labels that every labelable resource must carry.",
    )


@rule(
    severity="medium",
    on=is_labelable,
    fix="Add the labels to the resource, or to default_labels of the gcp provider.",
    parameters=RequiredLabels,
)
def labels_required_keys(resource: Resource, required: RequiredLabels) -> Iterator[Complaint]:
    """Without them nobody knows whose a resource is, and its cost belongs to no one."""
    path = resource.type.labels or ""
    given = set(resource.mapping(path))
    # The provider adds its default labels where a type supports it, after policies have looked.
    if resource.type.default_labels:
        given |= set(resource.provider_input("defaultLabels"))
    missing = [key for key in required.keys if key not in given]
    if missing:
        yield resource.fail(f"lacks the labels {', '.join(missing)}", at=path)


LABELS = {"environment": "dev", "owner": "platform", "cost-center": "apex", "app": "apex"}
SECRET = "gcp:secretmanager/secret:Secret"  # noqa: S105 a resource type
INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
CASES = [
    case.passes(case.resource(SECRET, labels=LABELS)),
    case.passes(case.resource(SECRET, labels={**LABELS, "owner": case.UNKNOWN})),
    case.passes(case.resource(SECRET, _provider={"defaultLabels": LABELS})),
    # The engine passes a provider's nested inputs as JSON text.
    case.passes(case.resource(SECRET, _provider={"defaultLabels": json.dumps(LABELS)})),
    case.fails(case.resource(SECRET, _provider={"defaultLabels": "not JSON"})),
    case.passes(
        case.resource(SECRET, labels={"app": "x"}, _provider={"defaultLabels": LABELS}),
    ),
    case.passes(case.resource(INSTANCE, settings={"userLabels": LABELS})),
    case.passes(case.resource(SECRET, labels={"team": "x"}), _parameters={"keys": ["team"]}),
    case.fails(case.resource(SECRET, labels={"environment": "dev"})),
    case.fails(case.resource(SECRET, labels={})),
    case.fails(case.resource(SECRET)),
    # The provider's default labels do not reach an instance's user labels.
    case.fails(case.resource(INSTANCE, settings={}, _provider={"defaultLabels": LABELS})),
    case.undecided(case.resource(SECRET, labels=case.UNKNOWN)),
    case.undecided(case.resource(INSTANCE, settings=case.UNKNOWN)),
    case.undecided(case.resource(SECRET, _provider={"defaultLabels": case.UNKNOWN})),
    *(
        case.fails(case.resource(SECRET, labels={k: v for k, v in LABELS.items() if k != missing}))
        for missing in LABELS
    ),
]
