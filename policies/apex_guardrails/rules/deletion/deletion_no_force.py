"""Deleting a resource does not delete what is in it."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.model import Resource, Violation, case, rule

# The types of the provider's schema whose flag is about contents; all are off when omitted. Left
# out are those about something else: a running job, a channel that alerts still name, a report.
FLAGS = {
    "gcp:backupdisasterrecovery/backupVault:BackupVault": "forceDelete",
    "gcp:bigquery/dataset:Dataset": "deleteContentsOnDestroy",
    "gcp:bigtable/instance:Instance": "forceDestroy",
    "gcp:configdeployment/deployment:Deployment": "forceDestroy",
    "gcp:datacatalog/tagTemplate:TagTemplate": "forceDelete",
    "gcp:dns/managedZone:ManagedZone": "forceDestroy",
    "gcp:spanner/instance:Instance": "forceDestroy",
    "gcp:storage/bucket:Bucket": "forceDestroy",
    "gcp:storage/folder:Folder": "forceDestroy",
    "gcp:storage/managedFolder:ManagedFolder": "forceDestroy",
    "gcp:vertex/aiFeatureOnlineStore:AiFeatureOnlineStore": "forceDestroy",
    "gcp:vertex/aiFeatureStore:AiFeatureStore": "forceDestroy",
}


@rule(
    severity="high",
    on=tuple(FLAGS),
    fix="Remove the flag, and empty by hand what is to be deleted.",
    level="advisory",
)
def deletion_no_force(resource: Resource) -> Iterator[Violation]:
    """A destroy, or a change that replaces the resource, takes everything in it along."""
    path = FLAGS[resource.type.token]
    if str(resource.get(path)).lower() == "true":
        yield resource.fail(f"is deleted with all that is in it ({path})", at=path)


def _flagged(token: str, value: object) -> case.CaseResource:
    inputs: dict[str, Any] = {FLAGS[token]: value}
    return case.resource(token, **inputs)


BUCKET = "gcp:storage/bucket:Bucket"
CASES = [
    *(case.fails(_flagged(token, value=True)) for token in FLAGS),
    *(case.passes(_flagged(token, value=False)) for token in FLAGS),
    *(case.passes(case.resource(token)) for token in FLAGS),
    *(case.undecided(_flagged(token, case.UNKNOWN)) for token in FLAGS),
    case.fails(case.resource(BUCKET, forceDestroy="TRUE")),
    case.passes(case.resource(BUCKET, forceDestroy="false")),
]
