"""Secrets use a customer-managed key."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.types import SECRETMANAGER_REGIONAL_SECRET, SECRETMANAGER_SECRET
from apex_guardrails.model import Resource, View, Violation, case, rule

KEY = "customerManagedEncryption.kmsKeyName"
MANAGED = "replication.userManaged"


@rule(
    severity="low",
    on=(SECRETMANAGER_SECRET, SECRETMANAGER_REGIONAL_SECRET),
    fix="Set customer_managed_encryption.kms_key_name, in replication.auto or in each of its "
    "user_managed.replicas.",
    opt_in=True,
)
def secretmanager_cmek_encrypted(secret: Resource) -> Iterator[Violation]:
    """With a Google-managed key, you cannot revoke access to the secret by disabling the key."""
    # Omitted: Google's own key (Secret Manager documentation, "CMEK", 2026-11).
    if secret.type.token == SECRETMANAGER_REGIONAL_SECRET:
        yield from _look(secret)
    elif secret.is_set(MANAGED):
        yield from secret.stack.each(secret.each(f"{MANAGED}.replicas"), _look)
    else:
        yield from _look(secret.at("replication.auto"))


def _look(view: View) -> Iterator[Violation]:
    if not view.is_set(KEY):
        yield view.fail("uses a Google-managed key", at=KEY)


OWN = {"customerManagedEncryption": {"kmsKeyName": case.UNKNOWN}}


def _replicas(*replicas: object) -> case.CaseResource:
    return case.resource(None, replication={"userManaged": {"replicas": list(replicas)}})


def _regional(**inputs: Any) -> case.CaseResource:
    return case.resource(SECRETMANAGER_REGIONAL_SECRET, **inputs)


CASES = [
    case.passes(replication={"auto": OWN}),
    case.passes(replication={"auto": case.UNKNOWN}),
    case.passes(replication={"userManaged": {}}),
    case.passes(_replicas({"location": "europe-west1", **OWN})),
    case.passes(_regional(**OWN)),
    case.fails(replication={"auto": {}}),
    case.fails(),
    case.fails(_replicas({"location": "europe-west1", **OWN}, {"location": "europe-west4"})),
    case.fails(_regional(location="europe-west1")),
    case.undecided(replication=case.UNKNOWN),
    case.undecided(replication={"userManaged": {"replicas": case.UNKNOWN}}),
]
