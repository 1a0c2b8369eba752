"""Encryption with a key of the customer's own in Cloud KMS, by service: a table of rules.

Google encrypts everything anyway; whether the key must be one's own is a matter of the house, so
the rules are asked where settings name them. Omitted, each of these inputs is Google's own key (the
services' documentation, "Customer-managed encryption keys", 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from apex_guardrails.gcp import types
from apex_guardrails.gcp.functions import FUNCTIONS
from apex_guardrails.gcp.log_sinks import LOG_BUCKETS
from apex_guardrails.rules.families.required_inputs import REQUIRED_INPUTS, Required, given
from apex_guardrails.rules.families.table import RuleRow

_VERTEX: Final = tuple(
    f"gcp:vertex/ai{name}:Ai{name}"
    for name in (
        *("Dataset", "Endpoint", "FeatureOnlineStore", "FeatureStore", "Index", "IndexEndpoint"),
        *("MetadataStore", "Tensorboard"),
    )
)


def _row(
    service: str,
    subject: str,
    on: str | tuple[str, ...],
    *paths: str,
    elements: str = "",
    controls: Sequence[str] = (),
) -> RuleRow[Required]:
    return RuleRow(
        id=f"{service}-cmek-encrypted",
        about=Required(
            on=(on,) if isinstance(on, str) else on,
            ways=tuple(map(given, paths)),
            says="uses a Google-managed key",
            elements=elements,
        ),
        severity="low",
        title=f"{subject} use a customer-managed key",
        why="With a Google-managed key, you cannot revoke access to the data by disabling the key.",
        controls=tuple(controls),
        opt_in=True,
    )


ROWS: Final = (
    # First the one that has everything: a list, each element of which must say it.
    _row(
        *("bigtable", "Bigtable clusters", types.BIGTABLE_INSTANCE, "kmsKeyName"),
        elements="clusters",
        controls=["checkov:CKV_GCP_85"],
    ),
    _row(
        *("spanner", "Spanner databases", types.SPANNER_DATABASE, "encryptionConfig.kmsKeyName"),
        "encryptionConfig.kmsKeyNames[0]",
        controls=["checkov:CKV_GCP_93"],
    ),
    _row("alloydb", "AlloyDB clusters", types.ALLOYDB_CLUSTER, "encryptionConfig.kmsKeyName"),
    _row(
        *("artifactregistry", "Artifact Registry repositories"),
        *(types.ARTIFACTREGISTRY_REPOSITORY, "kmsKeyName"),
        controls=["checkov:CKV_GCP_84"],
    ),
    _row(
        *("bigquery-dataset", "BigQuery datasets", types.BIGQUERY_DATASET),
        "defaultEncryptionConfiguration.kmsKeyName",
        controls=["cis-gcp-4.0:7.3", "checkov:CKV_GCP_81"],
    ),
    _row(
        *("dataflow", "Dataflow jobs"),
        (types.DATAFLOW_JOB, types.DATAFLOW_FLEX_TEMPLATE_JOB),
        "kmsKeyName",
        controls=["checkov:CKV_GCP_90"],
    ),
    _row(
        *("datafusion", "Data Fusion instances", types.DATAFUSION_INSTANCE),
        "cryptoKeyConfig.keyReference",
    ),
    _row(
        *("dataproc", "Dataproc clusters", types.DATAPROC_CLUSTER),
        "clusterConfig.encryptionConfig.kmsKeyName",
        controls=["cis-gcp-4.0:8.1", "checkov:CKV_GCP_91"],
    ),
    _row(
        *("documentai-processor", "Document AI processors"),
        *("gcp:essentialcontacts/documentAiProcessor:DocumentAiProcessor", "kmsKeyName"),
        controls=["checkov:CKV2_GCP_22"],
    ),
    _row(
        *("documentai-warehouse", "Document AI warehouses"),
        "gcp:essentialcontacts/documentAiWarehouseLocation:DocumentAiWarehouseLocation",
        "kmsKey",
        controls=["checkov:CKV2_GCP_23"],
    ),
    _row("filestore", "Filestore instances", types.FILESTORE_INSTANCE, "kmsKeyName"),
    _row(
        *("firestore", "Firestore databases", types.FIRESTORE_DATABASE),
        "cmekConfig.kmsKeyName",
    ),
    _row("functions", "Cloud Functions", FUNCTIONS, "kmsKeyName"),
    _row("logging-bucket", "Log buckets", LOG_BUCKETS, "cmekSettings.kmsKeyName"),
    _row("memorystore", "Memorystore instances", types.MEMORYSTORE_INSTANCE, "kmsKey"),
    _row(
        *("pubsub", "Pub/Sub topics", types.PUBSUB_TOPIC, "kmsKeyName"),
        controls=["checkov:CKV_GCP_83"],
    ),
    _row("redis", "Redis instances", types.REDIS_INSTANCE, "customerManagedKey"),
    _row("redis-cluster", "Redis clusters", types.REDIS_CLUSTER, "kmsKey"),
    _row(
        *("run", "Cloud Run services and worker pools"),
        (types.CLOUDRUNV2_SERVICE, types.CLOUDRUNV2_WORKER_POOL),
        "template.encryptionKey",
    ),
    _row("run-job", "Cloud Run jobs", types.CLOUDRUNV2_JOB, "template.template.encryptionKey"),
    _row("sql", "Cloud SQL instances", types.SQL_DATABASE_INSTANCE, "encryptionKeyName"),
    _row(
        *("storage", "Buckets", types.STORAGE_BUCKET, "encryption.defaultKmsKeyName"),
        controls=["trivy:GCP-0066"],
    ),
    _row(
        *("vertex", "Vertex AI resources that hold data", _VERTEX, "encryptionSpec.kmsKeyName"),
        controls=[
            *("checkov:CKV_GCP_92", "checkov:CKV_GCP_96", "checkov:CKV2_GCP_24"),
            *("checkov:CKV2_GCP_25", "checkov:CKV2_GCP_26"),
        ],
    ),
)

RULES = REQUIRED_INPUTS.rules(__name__, ROWS)
