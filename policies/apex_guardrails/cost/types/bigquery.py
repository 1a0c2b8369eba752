"""BigQuery: what tables store, and what queries of a dataset read on demand."""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced, region_of
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import BIGQUERY_DATASET, BIGQUERY_TABLE
from apex_guardrails.model import Resource, Stack

_QUERIES: Final = "bigquery.query_tib"
_LOCATION: Final = "US"
"""Where a dataset is that does not say (BigQuery documentation, "Locations", 2026-11)."""


@priced(BIGQUERY_DATASET, prices=(_QUERIES,), by_use=True)
def dataset(resource: Resource, pricing: Pricing) -> Components:
    """Queries at the on-demand price."""
    region = region_of(str(resource.get("location", omitted=_LOCATION)))
    yield pricing.component("queries", _QUERIES, pricing.assumed("query_tib"), region=region)


_BY_USE: Final = (
    ("written", "bigquery.write.gib", "table_written_gib"),
    ("inserted", "bigquery.insert.mib", "table_inserted_mib"),
    ("read", "bigquery.read.tib", "table_read_tib"),
)


@priced(
    BIGQUERY_TABLE,
    prices=(
        "bigquery.active.gib_month",
        "bigquery.long_term.gib_month",
        *(key for _, key, _ in _BY_USE),
    ),
    by_use=True,
)
def table(resource: Resource, pricing: Pricing) -> Components:
    """Storage, and what is written and read; it is where its dataset is."""
    if any(resource.is_set(path) for path in ("view", "externalDataConfiguration")):
        return
    owner = next(resource.referred("datasetId", BIGQUERY_DATASET), None)
    if owner is None:
        raise UnpricedError("the location of its dataset is not known here")
    region = region_of(str(owner.get("location", omitted=_LOCATION)))
    gib = pricing.assumed("table_gib")
    yield pricing.component("storage", "bigquery.active.gib_month", gib, region=region)
    for name, key, usage in _BY_USE:
        yield pricing.component(name, key, pricing.assumed(usage), region=WORLDWIDE)
    unchanged = pricing.assumed("table_long_term_gib")
    if not unchanged.is_zero:
        key = "bigquery.long_term.gib_month"
        yield pricing.component("storage, long-term", key, unchanged, region=region)


@priced("gcp:bigquery/job:Job", prices=(_QUERIES,), by_use=True)
def job(resource: Resource, pricing: Pricing) -> Components:
    """What a query reads, where no dataset of the stack counts its queries."""
    if resource.is_set("query") and not pricing.index.once(_has_datasets):
        region = region_of(str(resource.get("location", omitted=_LOCATION)))
        yield pricing.component("query", _QUERIES, pricing.assumed("query_tib"), region=region)


def _has_datasets(stack: Stack) -> bool:
    return any(stack.of_type(BIGQUERY_DATASET))
