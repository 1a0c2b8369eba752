"""Labels have a format that Google Cloud accepts."""

import re
from collections.abc import Iterator
from functools import lru_cache

from apex_guardrails.gcp.types import CLOUDRUN_SERVICE, SECRETMANAGER_SECRET, SQL_DATABASE_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource, Secret, Violation, case, is_labelable, rule

# Lower-case letters, those of other alphabets too, digits, hyphens and underscores, at most 63
# characters; a key starts with a letter; at most 64 labels (Google Cloud, "Requirements for
# labels", 2026-11).
KEY = re.compile(r"[^\W\d_][\w-]{0,62}")
VALUE = re.compile(r"[\w-]{0,63}")
MOST = 64
# Cloud Run's first API is Knative's: a key with a domain before it is the system's (Cloud Run
# documentation, "Configure labels", 2026-11).
KNATIVE = "metadata.labels"


@lru_cache(maxsize=4096)
def is_key(key: str) -> bool:
    """Whether a text may be the key of a label."""
    return KEY.fullmatch(key) is not None and key == key.lower()


@lru_cache(maxsize=4096)
def is_value(value: str) -> bool:
    """Whether a text may be the value of a label."""
    return VALUE.fullmatch(value) is not None and value == value.lower()


@rule(
    severity="medium",
    on=is_labelable,
    fix="Write keys and values in lower case, with digits, hyphens and underscores only.",
)
def labels_format_valid(resource: Resource) -> Iterator[Violation]:
    """Google Cloud rejects the resource halfway through an update."""
    path = resource.type.labels or ""
    labels = resource.mapping(path)
    if len(labels) > MOST:
        yield resource.fail(f"has {len(labels)} labels, but at most {MOST} are allowed", at=path)
    for key in labels:
        value = labels[key]
        while isinstance(value, Secret):
            value = value.value
        if value is None or (path == KNATIVE and "/" in key):
            continue
        if not is_key(key):
            yield resource.fail(f"has the invalid label key {key!r}", at=path)
        elif value is not UNKNOWN and not (isinstance(value, str) and is_value(value)):
            yield resource.fail(f"has an invalid value for the label {key!r}", at=path)


CASES = [
    case.passes(
        case.resource(SECRETMANAGER_SECRET, labels={"cost-center": "a_1", "größe": "", "a": "0"})
    ),
    case.passes(case.resource(SECRETMANAGER_SECRET, labels={"owner": case.UNKNOWN})),
    case.passes(case.resource(SECRETMANAGER_SECRET, labels={"owner": case.secret("platform")})),
    case.passes(case.resource(SECRETMANAGER_SECRET)),
    case.passes(case.resource(SECRETMANAGER_SECRET, labels={"owner": None})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"cloud.googleapis.com/location": "us"})),
    case.passes(
        case.resource(
            CLOUDRUN_SERVICE, metadata={"labels": {"cloud.googleapis.com/location": "us", "a": "b"}}
        )
    ),
    case.fails(case.resource(CLOUDRUN_SERVICE, metadata={"labels": {"Owner": "me"}})),
    case.passes(case.resource(SECRETMANAGER_SECRET, labels={f"k{n}": "v" for n in range(64)})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={f"k{n}": "v" for n in range(65)})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"Owner": "platform"})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"1st": "platform"})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"a" * 64: "platform"})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"owner": "Platform Team"})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"owner": "platform@example.com"})),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"owner": "a" * 64})),
    case.fails(case.resource(SQL_DATABASE_INSTANCE, settings={"userLabels": {"a": "B"}})),
    case.passes(case.resource(SQL_DATABASE_INSTANCE, settings={})),
    case.passes(case.resource(CLOUDRUN_SERVICE)),
    case.undecided(case.resource(CLOUDRUN_SERVICE, metadata=case.UNKNOWN)),
    case.undecided(case.resource(CLOUDRUN_SERVICE, metadata={"labels": case.UNKNOWN})),
    case.undecided(case.resource(SECRETMANAGER_SECRET, labels=case.UNKNOWN)),
    case.undecided(case.resource(SQL_DATABASE_INSTANCE, settings=case.UNKNOWN)),
    case.fails(case.resource(SECRETMANAGER_SECRET, labels={"owner": 5})),
]
