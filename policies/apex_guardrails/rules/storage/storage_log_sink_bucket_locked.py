"""Buckets with exported logs have a locked retention policy."""

from collections.abc import Iterator

from apex_guardrails.gcp.log_sinks import SINKS
from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import STORAGE_BUCKET
from apex_guardrails.model import Resource, Stack, Violation, case, rule
from apex_guardrails.model.value import UNKNOWN, is_true

DESTINATION = "destination"
LOCKED = "retentionPolicy.isLocked"


@rule(
    severity="medium",
    on=(STORAGE_BUCKET, *SINKS),
    scope="stack",
    controls=["cis-gcp-4.0:2.3", "checkov:CKV2_GCP_4"],
    fix="Set retention_policy with retention_period and is_locked=True. A lock cannot be undone.",
)
def storage_log_sink_bucket_locked(stack: Stack) -> Iterator[Violation]:
    """An administrator, or an intruder who is one, can delete the evidence."""
    named = Named(stack, STORAGE_BUCKET)
    found = {
        bucket.urn: bucket
        for sink in stack.of_type(*SINKS)
        if _goes_to_a_bucket(sink)
        for bucket in named.at(sink, DESTINATION)
    }
    yield from stack.each(found.values(), _check)


def _goes_to_a_bucket(sink: Resource) -> bool:
    """Whether its destination is one, or is not known: then what it is made from tells."""
    destination = sink.peek(DESTINATION)
    return destination is UNKNOWN or str(destination).startswith("storage.googleapis.com/")


def _check(bucket: Resource) -> Iterator[Violation]:
    # Omitted: not locked (the provider's default).
    if not is_true(bucket.get(LOCKED, omitted=False)):
        yield bucket.fail("holds exported logs, and has no locked retention policy", at=LOCKED)


def _logs(**inputs: object) -> case.CaseResource:
    return case.CaseResource(STORAGE_BUCKET, {"name": "logs", **inputs}, "logs")


def _sink(destination: object, token: str = SINKS[0]) -> case.CaseResource:
    return case.resource(token, "sink", destination=destination)


BY_NAME = "storage.googleapis.com/logs"
BY_OUTPUT = case.concat("storage.googleapis.com/", case.output_of("logs"))
CASES = [
    case.passes(_logs(retentionPolicy={"isLocked": True}), _sink(BY_NAME)),
    case.fails(_logs(retentionPolicy={"isLocked": False}), _sink(BY_OUTPUT)),
    case.passes(_logs(retentionPolicy={"isLocked": "true"}), _sink(BY_NAME)),
    *(case.fails(_logs(), _sink(BY_NAME, token)) for token in SINKS),
    case.fails(_logs(), _sink(case.output_of("logs"))),
    case.undecided(_logs(retentionPolicy={"isLocked": case.UNKNOWN}), _sink(BY_NAME)),
    case.passes(_logs(), _sink("storage.googleapis.com/of-another-stack")),
    case.passes(_logs(), _sink("pubsub.googleapis.com/projects/p/topics/logs")),
    case.passes(_logs(), _sink(case.UNKNOWN)),
    case.passes(_logs(), case.resource(SINKS[0], "sink")),
    case.passes(_logs()),
]
