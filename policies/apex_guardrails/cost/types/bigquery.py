"""BigQuery: what tables store, and what queries of a dataset read on demand."""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.pricing import Components, Pricing, priced, region_of
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import BIGQUERY_DATASET, BIGQUERY_TABLE
from apex_guardrails.model import Resource

_LOCATION: Final = "US"
"""Where a dataset is that does not say (BigQuery documentation, "Locations", 2026-11)."""


@priced(BIGQUERY_DATASET, prices=("bigquery.query_tib",))
def dataset(resource: Resource, pricing: Pricing) -> Components:
    """Queries at the on-demand price."""
    region = region_of(str(resource.get("location", omitted=_LOCATION)))
    yield pricing.component(
        "queries", "bigquery.query_tib", pricing.assumed("query_tib"), region=region
    )


@priced(BIGQUERY_TABLE, prices=("bigquery.active.gib_month",))
def table(resource: Resource, pricing: Pricing) -> Components:
    """Storage that changes; it is where its dataset is."""
    if any(resource.is_set(path) for path in ("view", "externalDataConfiguration")):
        return
    owner = next(resource.referred("datasetId", BIGQUERY_DATASET), None)
    if owner is None:
        raise UnpricedError("the location of its dataset is not known here")
    region = region_of(str(owner.get("location", omitted=_LOCATION)))
    gib = pricing.assumed("table_gib")
    yield pricing.component("storage", "bigquery.active.gib_month", gib, region=region)
