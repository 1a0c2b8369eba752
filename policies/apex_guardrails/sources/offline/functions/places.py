"""Regions, zones, and the ranges of Google's own addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apex_guardrails.gcp.google_addresses import NETBLOCKS
from apex_guardrails.gcp.places import REGIONS, zones_of
from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.functions.asked import Asked


def regions(asked: Asked) -> Mapping[str, Value] | None:
    """The names of all regions."""
    if asked.text("status") == "DOWN":
        return {"id": f"projects/{asked.project}", "project": asked.project, "names": []}
    return {"id": f"projects/{asked.project}", "project": asked.project, "names": list(REGIONS)}


def zones(asked: Asked) -> Mapping[str, Value] | None:
    """The zones of a region; nobody knows which one is meant where config does not say."""
    region = asked.or_config("region")
    if not region:
        return None
    return {
        "id": f"projects/{asked.project}/regions/{region}",
        "project": asked.project,
        "region": region,
        "names": [] if asked.text("status") == "DOWN" else zones_of(region),
    }


_FORWARDERS: Final = "cloud-netblocks"


def netblocks(asked: Asked) -> Mapping[str, Value] | None:
    """The ranges of one of Google's services; the two that change by the week are not known."""
    kind = asked.text("rangeType") or _FORWARDERS
    blocks = NETBLOCKS.get(kind)
    if blocks is None:
        return None
    return {
        "id": f"netblock-ip-ranges-{kind}",
        "rangeType": kind,
        "cidrBlocks": list(blocks),
        "cidrBlocksIpv4s": [block for block in blocks if ":" not in block],
        "cidrBlocksIpv6s": [block for block in blocks if ":" in block],
    }
