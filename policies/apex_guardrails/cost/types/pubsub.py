"""Pub/Sub: what passes through topics and subscriptions, and what they keep.

Source: Pub/Sub's price page, 2026-11.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, is_true
from apex_guardrails.gcp.types import PUBSUB_SUBSCRIPTION, PUBSUB_TOPIC
from apex_guardrails.model import Resource

_RETENTION: Final = "messageRetentionDuration"
_WEEK: Final = "604800s"
"""How long a subscription keeps messages where it does not say."""
_SECONDS_OF_30_DAYS: Final = Decimal(30 * 24 * 3600)
_KEPT: Final = "pubsub.retained.gib_month"


@priced(PUBSUB_TOPIC, prices=("pubsub.tib", _KEPT), by_use=True)
def topic(resource: Resource, pricing: Pricing) -> Components:
    """Publishing is billed by its bytes, and so is what a topic keeps for its subscriptions."""
    tib = pricing.assumed("message_tib")
    yield pricing.component("message data", "pubsub.tib", tib, region=WORLDWIDE)
    if resource.is_set(_RETENTION):
        yield from _kept(resource, pricing)


@priced(
    PUBSUB_SUBSCRIPTION,
    prices=("pubsub.tib", "pubsub.bigquery.tib", "pubsub.storage.tib", _KEPT),
    by_use=True,
)
def subscription(resource: Resource, pricing: Pricing) -> Components:
    """Delivering is billed apart from publishing; writing to a table or a bucket costs more."""
    key = "pubsub.tib"
    for path, special in (("bigqueryConfig", "bigquery"), ("cloudStorageConfig", "storage")):
        if resource.is_set(path):
            key = f"pubsub.{special}.tib"
    tib = pricing.assumed("message_tib")
    yield pricing.component("message data", key, tib, region=WORLDWIDE)
    if is_true(resource, "retainAckedMessages", omitted=False):
        yield from _kept(resource, pricing)


def _kept(resource: Resource, pricing: Pricing) -> Components:
    """All that comes in a month, for as much of a month as it is kept."""
    text = str(resource.get(_RETENTION, omitted=_WEEK))
    seconds = re.fullmatch(r"(\d{1,9})(?:\.\d{1,9})?s", text)
    if seconds is None:
        raise UnpricedError(f"{_RETENTION} is not a number of seconds such as {_WEEK}")
    months = Decimal(seconds[1]) / _SECONDS_OF_30_DAYS
    gib = pricing.assumed("message_tib") * 1024 * months
    yield pricing.component("retained messages", _KEPT, gib, region=WORLDWIDE)
