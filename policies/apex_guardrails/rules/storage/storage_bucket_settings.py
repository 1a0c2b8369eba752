"""What buckets and their credentials must say of themselves: one rule each."""

from collections.abc import Sequence
from typing import Final

from apex_guardrails.gcp.types import STORAGE_BUCKET, STORAGE_HMAC_KEY
from apex_guardrails.model import sets
from apex_guardrails.rules.families.required_inputs import (
    REQUIRED_INPUTS,
    Required,
    Setting,
    given,
)
from apex_guardrails.rules.families.table import RuleRow

# Such a bucket has uniform access already, and keeps no versions (Cloud Storage documentation,
# "Hierarchical namespace", 2026-11).
HIERARCHICAL = Setting("hierarchicalNamespace.enabled")

ROWS: Final[Sequence[RuleRow[Required]]] = (
    RuleRow(
        id="storage-uniform-access",
        about=Required(
            on=(STORAGE_BUCKET,),
            # Omitted: off (Cloud Storage JSON API, buckets, 2026-11).
            ways=(Setting("uniformBucketLevelAccess"), HIERARCHICAL),
            says="lets each object have an access list of its own",
        ),
        severity="medium",
        title="Buckets use uniform bucket-level access",
        why="Access lists of single objects can make them public, and IAM does not show it.",
        fix="Set uniform_bucket_level_access=True.",
        remedy=sets(value=True),
        controls=("cis-gcp-4.0:5.2", "checkov:CKV_GCP_29", "trivy:GCP-0002"),
    ),
    RuleRow(
        id="storage-public-access-prevention",
        about=Required(
            on=(STORAGE_BUCKET,),
            # Omitted: inherited from an organization policy (Cloud Storage documentation, "Public
            # access prevention", 2026-11), which the program does not show.
            ways=(Setting("publicAccessPrevention", ("enforced",), "inherited"),),
            says="does not enforce public access prevention",
        ),
        severity="medium",
        title="Buckets enforce public access prevention",
        why="One grant to allUsers, from wherever it is made, publishes the objects.",
        fix='Set public_access_prevention="enforced".',
        remedy=sets("enforced"),
        controls=("checkov:CKV_GCP_114",),
    ),
    RuleRow(
        id="storage-versioning-enabled",
        about=Required(
            on=(STORAGE_BUCKET,),
            ways=(
                Setting("versioning.enabled"),
                # What may not be replaced needs no older version.
                given("retentionPolicy.retentionPeriod"),
                HIERARCHICAL,
            ),
            says="keeps no older versions of its objects",
        ),
        severity="low",
        title="Buckets keep older versions of their objects",
        why="What a program overwrites by mistake is gone once soft delete lets go of it.",
        fix="Set versioning.enabled, with a lifecycle rule that deletes old versions.",
        controls=("checkov:CKV_GCP_78", "trivy:GCP-0078"),
    ),
    RuleRow(
        id="storage-no-hmac-keys",
        about=Required(
            on=(STORAGE_HMAC_KEY,),
            ways=(Setting("state", ("INACTIVE",), "ACTIVE"),),
            says="is a password that never expires",
        ),
        severity="medium",
        title="Cloud Storage is used without HMAC keys",
        why="Whoever has the key has the service account's access to Cloud Storage, for good.",
        fix="Remove storage.HmacKey, and sign in with the service account itself.",
    ),
    RuleRow(
        id="storage-lifecycle-rules-set",
        about=Required(
            on=(STORAGE_BUCKET,),
            ways=(given("lifecycleRules[0]"), Setting("autoclass.enabled")),
            says="keeps everything for good, in the class of storage that it came in",
        ),
        severity="low",
        title="Buckets have lifecycle rules",
        why="What nobody reads any more costs as much as on its first day.",
        fix="Set lifecycle_rules, or autoclass.enabled.",
        opt_in=True,
    ),
)

RULES = REQUIRED_INPUTS.rules(__name__, ROWS)
