"""Buckets that keep versions delete the old ones."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import STORAGE_BUCKET
from apex_guardrails.model import Resource, UndecidedError, View, Violation, case, rule
from apex_guardrails.model.value import is_true

VERSIONED = "versioning.enabled"


def _keeps_versions(bucket: Resource) -> bool:
    # Omitted: off (Cloud Storage JSON API, buckets, 2026-11).
    return is_true(bucket.get(VERSIONED, omitted=False))


@rule(
    severity="low",
    on=STORAGE_BUCKET,
    when=_keeps_versions,
    fix='Add a lifecycle rule: action.type="Delete", with condition.num_newer_versions or '
    "condition.days_since_noncurrent_time.",
)
def storage_noncurrent_versions_expire(bucket: Resource) -> Iterator[Violation]:
    """Each replaced object is stored, and paid for, for ever."""
    undecided: UndecidedError | None = None
    for given in bucket.each("lifecycleRules"):
        try:
            if _deletes_old(given):
                return
        except UndecidedError as error:
            undecided = error  # it may be the one
    if undecided is not None:
        raise undecided
    yield bucket.fail("keeps every version for ever", at="lifecycleRules")


def _deletes_old(given: View) -> bool:
    if given.get("action.type") != "Delete":
        return False
    # Omitted: live objects and old versions alike (Cloud Storage documentation, "Object Lifecycle
    # Management", isLive, 2026-11).
    return bool(given.get("condition.withState", omitted="ANY") != "LIVE")


def _ruled(action: object, **condition: object) -> case.CaseResource:
    rules = [{"action": {"type": action}, "condition": condition}]
    return case.resource(None, versioning={"enabled": True}, lifecycleRules=rules)


DELETES = {"action": {"type": "Delete"}, "condition": {"numNewerVersions": 3}}
NOT_KNOWN = {"action": {"type": case.UNKNOWN}, "condition": {}}
CASES = [
    case.passes(_ruled("Delete", numNewerVersions=3)),
    case.passes(_ruled("Delete", daysSinceNoncurrentTime=30)),
    case.passes(_ruled("Delete", noncurrentTimeBefore="2026-01-01")),
    case.passes(_ruled("Delete", withState="ARCHIVED")),
    case.passes(_ruled("Delete", age=30)),
    case.passes(_ruled("Delete", age=30, withState="ANY")),
    case.fails(_ruled("Delete", age=30, withState="LIVE")),
    case.fails(_ruled("Delete", numNewerVersions=3, withState="LIVE")),
    case.fails(_ruled("SetStorageClass", numNewerVersions=3)),
    case.fails(versioning={"enabled": True}),
    case.fails(versioning={"enabled": "true"}, lifecycleRules=[]),
    case.fails(
        versioning={"enabled": True}, lifecycleRules=[{"condition": {"numNewerVersions": 3}}]
    ),
    case.not_applicable(versioning={"enabled": False}),
    case.not_applicable(),
    case.undecided(versioning={"enabled": case.UNKNOWN}),
    case.undecided(versioning={"enabled": True}, lifecycleRules=case.UNKNOWN),
    case.undecided(_ruled(case.UNKNOWN)),
    case.passes(versioning={"enabled": True}, lifecycleRules=[NOT_KNOWN, DELETES]),
    case.undecided(_ruled("Delete", withState=case.UNKNOWN)),
]
