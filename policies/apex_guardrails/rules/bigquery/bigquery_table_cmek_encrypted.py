"""BigQuery tables use a customer-managed key."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import BIGQUERY_DATASET, BIGQUERY_TABLE
from apex_guardrails.model import Resource, Stack, Violation, case, rule
from apex_guardrails.model.value import UNKNOWN

DATASET_ID = "datasetId"
KEY = "encryptionConfiguration.kmsKeyName"
DEFAULT_KEY = "defaultEncryptionConfiguration.kmsKeyName"


@rule(
    severity="low",
    on=(BIGQUERY_TABLE, BIGQUERY_DATASET),
    scope="stack",
    controls=["cis-gcp-4.0:7.2", "checkov:CKV_GCP_80"],
    fix="Set default_encryption_configuration.kms_key_name on the dataset, or "
    "encryption_configuration.kms_key_name on the table.",
    opt_in=True,
)
def bigquery_table_cmek_encrypted(stack: Stack) -> Iterator[Violation]:
    """With a Google-managed key, you cannot revoke access to the data by disabling the key."""
    # A table takes its dataset's key (BigQuery documentation, "Customer-managed Cloud KMS keys",
    # 2026-11).
    keyed = [dataset for dataset in stack.of_type(BIGQUERY_DATASET) if dataset.is_set(DEFAULT_KEY)]
    for table in stack.of_type(BIGQUERY_TABLE):
        if not table.is_set(KEY) and not any(_is_in(table, dataset) for dataset in keyed):
            yield table.fail("uses a Google-managed key", at=KEY)


def _is_in(table: Resource, dataset: Resource) -> bool:
    name = table.peek(DATASET_ID)
    if name is UNKNOWN:
        return dataset in table.referred(DATASET_ID, BIGQUERY_DATASET)
    return bool(name) and name == dataset.peek(DATASET_ID)


def _table(dataset: object, **inputs: object) -> case.CaseResource:
    return case.CaseResource(BIGQUERY_TABLE, {DATASET_ID: dataset, **inputs}, "table")


def _dataset(name: object, **inputs: object) -> case.CaseResource:
    return case.CaseResource(BIGQUERY_DATASET, {DATASET_ID: name, **inputs}, "dataset")


OWN = {"kmsKeyName": case.UNKNOWN}
KEYED = _dataset("sales", defaultEncryptionConfiguration=OWN)
CASES = [
    case.passes(_table("sales", encryptionConfiguration=OWN)),
    case.passes(_table("sales"), KEYED),
    case.passes(_table(case.output_of("dataset")), KEYED),
    case.fails(_table("sales")),
    case.fails(_table("sales", encryptionConfiguration={"kmsKeyName": ""})),
    case.fails(_table("sales"), _dataset("sales")),
    case.fails(_table("other"), KEYED),
    case.fails(
        _table(case.output_of("other")), case.CaseResource(BIGQUERY_DATASET, {}, "other"), KEYED
    ),
    case.fails(case.resource(BIGQUERY_TABLE), _dataset(None, defaultEncryptionConfiguration=OWN)),
]
