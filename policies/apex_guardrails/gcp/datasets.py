"""BigQuery datasets, and whom they are shared with besides by IAM."""

from typing import Final

DATASET: Final = "gcp:bigquery/dataset:Dataset"
ACCESS: Final = "gcp:bigquery/datasetAccess:DatasetAccess"
"""One entry of a dataset's list, as a resource of its own."""

SHARES: Final = ("specialGroup", "iamMember")
"""Where an entry may name everybody (BigQuery API, datasets, access, 2026-11)."""
