"""Pub/Sub: what passes through topics and subscriptions."""

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import PUBSUB_SUBSCRIPTION, PUBSUB_TOPIC
from apex_guardrails.model import Resource


@priced(PUBSUB_TOPIC, PUBSUB_SUBSCRIPTION, prices=("pubsub.tib",))
def messages(_: Resource, pricing: Pricing) -> Components:
    """Publishing and delivering are billed apart, each by its bytes."""
    tib = pricing.assumed("message_tib")
    yield pricing.component("message data", "pubsub.tib", tib, region=WORLDWIDE)
