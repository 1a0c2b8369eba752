"""Buckets write usage logs to another bucket."""

from collections.abc import Iterator

from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import STORAGE_BUCKET
from apex_guardrails.model import Resource, Stack, Violation, case, rule

LOG_BUCKET = "logging.logBucket"


@rule(
    severity="low",
    on=STORAGE_BUCKET,
    scope="stack",
    controls=["checkov:CKV_GCP_62", "trivy:GCP-0077"],
    fix="Set logging.log_bucket, or turn on data access audit logs for storage.googleapis.com.",
    # Audit logs of data access say the same, and more.
    opt_in=True,
    id="storage-access-logged",
)
def storage_access_logged(stack: Stack) -> Iterator[Violation]:
    """Without logs, nobody can tell who read an object."""
    buckets = list(stack.of_type(STORAGE_BUCKET))
    named = Named(stack, STORAGE_BUCKET)
    # The bucket with the logs need not log.
    targets = {target.urn for bucket in buckets for target in named.at(bucket, LOG_BUCKET)}
    for bucket in buckets:
        if not bucket.is_set(LOG_BUCKET) and bucket.urn not in targets:
            yield bucket.fail("writes no usage logs", at=LOG_BUCKET)


@rule(
    severity="low",
    on=STORAGE_BUCKET,
    controls=["checkov:CKV_GCP_63"],
    fix="Set logging.log_bucket to a bucket for logs alone.",
    id="storage-access-log-separate",
    title="Usage logs of a bucket go to another bucket",
    cases=[
        case.passes(name="data", logging={"logBucket": "logs"}),
        # What is not known is the name of another: no bucket can be made from its own output.
        case.passes(name="data", logging={"logBucket": case.UNKNOWN}),
        case.passes(name=case.UNKNOWN, logging={"logBucket": "logs"}),
        case.passes(name=case.UNKNOWN, logging={"logBucket": case.UNKNOWN}),
        case.passes(logging={}),
        case.passes(),
        case.fails(name="data", logging={"logBucket": "data"}),
    ],
)
def storage_access_log_separate(bucket: Resource) -> Iterator[Violation]:
    """Each log is an access of its own, and whoever can change the data can change the log."""
    log_bucket = bucket.peek(LOG_BUCKET)
    if isinstance(log_bucket, str) and log_bucket == bucket.peek("name"):
        yield bucket.fail("writes its usage logs to itself", at=LOG_BUCKET)


LOGS = case.resource(STORAGE_BUCKET, "logs", name="logs")
CASES = [
    case.passes(case.resource(STORAGE_BUCKET, logging={"logBucket": "elsewhere"})),
    case.passes(case.resource(STORAGE_BUCKET, logging={"logBucket": case.UNKNOWN})),
    case.passes(case.resource(STORAGE_BUCKET, logging={"logBucket": "logs"}), LOGS),
    case.passes(case.resource(STORAGE_BUCKET, logging={"logBucket": case.output_of("logs")}), LOGS),
    case.fails(case.resource(STORAGE_BUCKET, logging={"logBucket": "elsewhere"}), LOGS),
    case.fails(case.resource(STORAGE_BUCKET, logging={"logBucket": ""})),
    case.fails(case.resource(STORAGE_BUCKET)),
]
