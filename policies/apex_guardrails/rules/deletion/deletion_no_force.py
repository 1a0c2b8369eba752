"""Deleting a resource does not delete its contents."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.types import (
    BACKUPDISASTERRECOVERY_BACKUP_VAULT,
    BIGQUERY_DATASET,
    BIGTABLE_INSTANCE,
    CONFIGDEPLOYMENT_DEPLOYMENT,
    DATACATALOG_TAG_TEMPLATE,
    DNS_MANAGED_ZONE,
    SPANNER_INSTANCE,
    STORAGE_BUCKET,
    STORAGE_FOLDER,
    STORAGE_MANAGED_FOLDER,
    VERTEX_AI_FEATURE_ONLINE_STORE,
    VERTEX_AI_FEATURE_STORE,
)
from apex_guardrails.model import Resource, Violation, case, rule

# The types of the provider's schema whose flag is about contents; all are off when omitted. Left
# out are those about something else: a running job, a channel that alerts still name, a report.
FLAGS = {
    BACKUPDISASTERRECOVERY_BACKUP_VAULT: "forceDelete",
    BIGQUERY_DATASET: "deleteContentsOnDestroy",
    BIGTABLE_INSTANCE: "forceDestroy",
    CONFIGDEPLOYMENT_DEPLOYMENT: "forceDestroy",
    DATACATALOG_TAG_TEMPLATE: "forceDelete",
    DNS_MANAGED_ZONE: "forceDestroy",
    SPANNER_INSTANCE: "forceDestroy",
    STORAGE_BUCKET: "forceDestroy",
    STORAGE_FOLDER: "forceDestroy",
    STORAGE_MANAGED_FOLDER: "forceDestroy",
    VERTEX_AI_FEATURE_ONLINE_STORE: "forceDestroy",
    VERTEX_AI_FEATURE_STORE: "forceDestroy",
}


@rule(
    severity="high",
    on=tuple(FLAGS),
    fix="Remove the flag, and empty the resource by hand before you delete it.",
    level="advisory",
)
def deletion_no_force(resource: Resource) -> Iterator[Violation]:
    """A destroy, or a change that replaces the resource, deletes everything in it."""
    path = FLAGS[resource.type.token]
    if str(resource.get(path)).lower() == "true":
        yield resource.fail("is deleted with everything in it", at=path)


def _flagged(token: str, value: object) -> case.CaseResource:
    inputs: dict[str, Any] = {FLAGS[token]: value}
    return case.resource(token, **inputs)


CASES = [
    *(case.fails(_flagged(token, value=True)) for token in FLAGS),
    *(case.passes(_flagged(token, value=False)) for token in FLAGS),
    *(case.passes(case.resource(token)) for token in FLAGS),
    *(case.undecided(_flagged(token, case.UNKNOWN)) for token in FLAGS),
    case.fails(case.resource(STORAGE_BUCKET, forceDestroy="TRUE")),
    case.passes(case.resource(STORAGE_BUCKET, forceDestroy="false")),
]
