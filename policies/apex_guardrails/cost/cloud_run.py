"""Cloud Run: what containers are allotted, and what instances of them cost.

Source: Cloud Run's price page and documentation ("Billing settings", "Minimum instances"), 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import ZERO, Amounts
from apex_guardrails.cost.pricing import Components, Pricing
from apex_guardrails.cost.quantities import GIB, UnpricedError, parse_quantity
from apex_guardrails.cost.usage import SECONDS_PER_MONTH
from apex_guardrails.model import View

_DEFAULT_CPU: Final = "1"
_DEFAULT_MEMORY: Final = "512Mi"
_GPU: Final = "nvidia.com/gpu"

MOST_INSTANCES: Final = Decimal(100)
"""That a service scales to where it does not say."""


@dataclass(frozen=True, slots=True)
class Size:
    """What all containers of an instance are allotted together."""

    vcpus: Decimal
    gib: Decimal


def read_size(workload: View, containers: str) -> Size:
    """What an instance is allotted.

    Raises:
        UndecidedError: it is not known before deployment.
        UnpricedError: it is no size, or has an accelerator.
    """
    vcpus = gib = Decimal(0)
    for container in workload.each(containers):
        limits = container.mapping("resources.limits")
        if _GPU in limits:
            raise UnpricedError("there is no price for its accelerators")
        cpu = container.get("resources.limits.cpu", omitted=_DEFAULT_CPU)
        memory = container.get("resources.limits.memory", omitted=_DEFAULT_MEMORY)
        vcpus += parse_quantity(cpu, f"{container.path}.resources.limits.cpu")
        gib += parse_quantity(memory, f"{container.path}.resources.limits.memory") / GIB
    return Size(vcpus, gib)


def price_running(
    kind: str, label: str, seconds: Amounts, of: Size, pricing: Pricing
) -> Components:
    """Instances that are billed for all of the time that they run; `kind` is in the price's key."""
    if seconds.is_zero:
        return
    vcpu, memory = f"run.{kind}.vcpu_second", f"run.{kind}.gib_second"
    yield pricing.component(f"vCPU ({label})", vcpu, seconds * of.vcpus)
    yield pricing.component(f"memory ({label})", memory, seconds * of.gib)


def price_served(
    of: Size, least: Amounts, most: Amounts, pricing: Pricing, *, cpu_idle: bool
) -> Components:
    """A service's instances: while they serve requests, and the minimum instances in between.

    Args:
        of: what an instance is allotted.
        least: instances that are always there.
        most: instances that there may be.
        pricing: the prices.
        cpu_idle: whether the CPU is taken away between requests, and billed less then.
    """
    requests = pricing.assumed("requests")
    busy = requests * pricing.assumed("request_seconds") * (1 / pricing.usage.requests_at_once)
    busy = busy.at_most(most * SECONDS_PER_MONTH)
    kept = least * SECONDS_PER_MONTH
    if not cpu_idle:
        # All of the lifetime is billed, and requests are not.
        yield from price_running("instance", "running", busy.at_least(kept), of, pricing)
        return
    yield from price_running("request", "serving", busy, of, pricing)
    idle = (kept - busy).at_least(ZERO)
    if not idle.is_zero:
        units = of.vcpus + of.gib
        yield pricing.component("minimum instances, idle", "run.idle.second", idle * units)
    yield pricing.component("requests", "run.request", requests)
