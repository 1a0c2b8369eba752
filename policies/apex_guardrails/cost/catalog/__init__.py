"""Google's own prices: an export of the Cloud Billing Catalog, and what of it belongs where here.

Source: Cloud Billing API v1, `services.skus.list` (Google's reference, read 2026-11).
"""

from apex_guardrails.cost.catalog.export import Export, Sku, read_export
from apex_guardrails.cost.catalog.mapping import SkuEntry, read_mapping
from apex_guardrails.cost.catalog.merge import Imported, PriceChange, merge

__all__ = [
    "Export",
    "Imported",
    "PriceChange",
    "Sku",
    "SkuEntry",
    "merge",
    "read_export",
    "read_mapping",
]
