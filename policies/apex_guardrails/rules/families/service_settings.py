"""What resources of several services must say of themselves, in one input each."""

from __future__ import annotations

from typing import Final

from apex_guardrails.gcp.types import KMS_CRYPTO_KEY, PUBSUB_SUBSCRIPTION, SPANNER_DATABASE
from apex_guardrails.model import sets
from apex_guardrails.rules.families.required_inputs import (
    REQUIRED_INPUTS,
    Required,
    Setting,
    given,
)
from apex_guardrails.rules.families.table import RuleRow

ROWS: Final = (
    RuleRow(
        id="kms-protection-level-hsm",
        about=Required(
            on=(KMS_CRYPTO_KEY,),
            # Omitted: the provider's default.
            ways=(
                Setting(
                    "versionTemplate.protectionLevel",
                    ("HSM", "HSM_SINGLE_TENANT", "EXTERNAL", "EXTERNAL_VPC"),
                    "SOFTWARE",
                ),
            ),
            says="is kept in software",
        ),
        severity="low",
        title="Keys are kept in hardware, or outside Google",
        why="Some regulations ask for keys in a validated hardware security module.",
        fix='Set version_template.protection_level="HSM".',
        opt_in=True,
    ),
    RuleRow(
        id="pubsub-dead-letter-set",
        about=Required(
            on=(PUBSUB_SUBSCRIPTION,),
            ways=(given("deadLetterPolicy.deadLetterTopic"),),
            says="has no dead-letter topic",
        ),
        severity="low",
        title="Pub/Sub subscriptions have a dead-letter topic",
        why="A message that no subscriber can handle comes back until it expires.",
        fix="Set dead_letter_policy.dead_letter_topic.",
        opt_in=True,
    ),
    RuleRow(
        id="spanner-drop-protection",
        about=Required(
            on=(SPANNER_DATABASE,),
            # Omitted: the provider's default.
            ways=(Setting("enableDropProtection"),),
            says="can be dropped, and its instance deleted",
        ),
        severity="medium",
        title="Spanner databases have drop protection",
        why="The provider's deletion_protection stops Pulumi alone; one command deletes the data.",
        fix="Set enable_drop_protection=True.",
        remedy=sets(value=True),
        controls=("checkov:CKV_GCP_120",),
    ),
)

RULES = REQUIRED_INPUTS.rules(__name__, ROWS)
