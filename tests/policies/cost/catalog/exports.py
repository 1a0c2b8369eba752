"""Small exports of the catalogue, made by hand in the documented form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VCPU = "Cloud SQL for PostgreSQL: Zonal - vCPU in Americas"


def rate(nanos: Any, start: Any = 0, units: Any = "0", currency: str = "USD") -> dict[str, Any]:
    return {
        "startUsageAmount": start,
        "unitPrice": {"currencyCode": currency, "units": units, "nanos": nanos},
    }


def sku(  # noqa: PLR0913 a SKU has as many parts
    description: str = VCPU,
    *rates: dict[str, Any],
    sku_id: str = "DF80-E0D1-CCE3",
    service: str = "Cloud SQL",
    group: str = "SQLGen2InstancesCPU",
    usage: str = "OnDemand",
    regions: tuple[str, ...] = ("us-central1",),
    unit: str = "h",
    effective: str | None = "2026-11-20T10:00:00.123456Z",
    level: str = "ACCOUNT",
    interval: str = "MONTHLY",
) -> dict[str, Any]:
    info: dict[str, Any] = {
        "summary": "",
        "pricingExpression": {
            "usageUnit": unit,
            "usageUnitDescription": "hour",
            "baseUnit": "s",
            "baseUnitDescription": "second",
            "baseUnitConversionFactor": 3600,
            "displayQuantity": 1,
            "tieredRates": list(rates) or [rate(45_000_000)],
        },
        "aggregationInfo": {
            "aggregationLevel": level,
            "aggregationInterval": interval,
            "aggregationCount": 1,
        },
        "currencyConversionRate": 1,
    }
    if effective is not None:
        info["effectiveTime"] = effective
    return {
        "name": f"services/9662-B51E-5089/skus/{sku_id}",
        "skuId": sku_id,
        "description": description,
        "category": {
            "serviceDisplayName": service,
            "resourceFamily": "ApplicationServices",
            "resourceGroup": group,
            "usageType": usage,
        },
        "serviceRegions": list(regions),
        "pricingInfo": [info],
        "serviceProviderName": "Google",
        "geoTaxonomy": {"type": "REGIONAL", "regions": list(regions)},
    }


def page(*skus: Any, token: str = "") -> dict[str, Any]:
    return {"skus": list(skus), "nextPageToken": token}


def written(folder: Path, content: Any) -> Path:
    path = folder / "export.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path
