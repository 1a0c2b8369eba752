"""Cloud SQL: the machine, its storage, its backups; a standby doubles machine and storage.

Source: Cloud SQL's price page and documentation ("Instance settings", "Editions", "Machine series
overview"), 2026-11.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import ZERO, Amounts
from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, is_true, read_bounded, read_number
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.databases import PUBLIC_ADDRESS
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource

_SHARED_CORE: Final = ("db-f1-micro", "db-g1-small")
_CUSTOM: Final = re.compile(r"db-custom-(\d{1,9})-(\d{1,9})")
_NAMED: Final = re.compile(r"db-(?:n1-)?(standard|highmem)-(\d{1,9})")
_NAMED_GIB: Final = {"standard": Decimal("3.75"), "highmem": Decimal("6.5")}
_LIGHT: Final = re.compile(r"db-lightweight-(\d{1,9})")
_LIGHT_GIB: Final = Decimal("3.75")
"""However many vCPUs it has."""
_PLUS: Final = re.compile(r"db-perf-optimized-N-(\d{1,9})")
_PLUS_GIB: Final = {
    **{vcpus: Decimal(8 * vcpus) for vcpus in (2, 4, 8, 16, 32, 48, 64, 80, 96)},
    128: Decimal(864),
}
"""Memory by vCPUs of Enterprise Plus."""
_CACHED: Final = "settings.dataCacheConfig.dataCacheEnabled"
_CACHE_GIB: Final = {
    **dict.fromkeys((2, 4, 8), 375),
    **dict.fromkeys((64, 80, 96), 6000),
    16: 750,
    32: 1500,
    48: 3000,
    128: 9000,
}
_LICENCES: Final = ("ENTERPRISE", "STANDARD", "WEB", "EXPRESS")
_LICENSED_VCPUS: Final = Decimal(4)
"""A licence of SQL Server is for as many at least."""
_DISKS: Final = {"PD_SSD": "ssd", "PD_HDD": "hdd"}
_SMALLEST_GIB: Final = 10
_LARGEST_GIB: Final = 65_536
_BACKUPS: Final = "backupConfiguration.enabled"
_PUBLIC: Final = PUBLIC_ADDRESS[SQL_DATABASE_INSTANCE]
_PLUS_BY_DEFAULT_SINCE: Final = 16
"""The PostgreSQL version whose edition is Enterprise Plus where none is given."""


@priced(SQL_DATABASE_INSTANCE, prices=("sql.*",))
def database_instance(instance: Resource, pricing: Pricing) -> Components:
    """Machine, storage and backups."""
    settings = instance.at("settings")
    zones = str(settings.get("availabilityType", omitted="ZONAL")).lower()
    if zones not in ("zonal", "regional"):
        raise UnpricedError(f"settings.availabilityType is {zones}")
    # Whether the machine runs or not, its storage is kept.
    gib = _storage(instance, pricing)
    disk = str(settings.get("diskType", omitted="PD_SSD"))
    if disk not in _DISKS:
        raise UnpricedError(f"there is no price for Cloud SQL's disks of the type {disk}")
    kind = _DISKS[disk]
    yield pricing.component(f"storage ({kind}, {zones})", f"sql.{kind}.{zones}.gib_month", gib)
    share = pricing.assumed("backup_share")
    kept = gib * share if is_true(settings, _BACKUPS, omitted=False) else ZERO
    yield pricing.component("backups", "sql.backup.gib_month", kept)
    runs = settings.get("activationPolicy", omitted="ALWAYS") != "NEVER"
    hours = pricing.assumed("database_hours") if runs else ZERO
    if is_true(instance, _PUBLIC.path, omitted=_PUBLIC.omitted):
        # Only while the instance is stopped is its address billed.
        idle = Amounts.of(HOURS_PER_MONTH) - hours
        yield pricing.component("idle public address", "sql.ip_idle.hour", idle)
    if runs:
        yield from _machine(instance, zones, hours, pricing)


def _machine(instance: Resource, zones: str, hours: Amounts, pricing: Pricing) -> Components:
    tier = str(instance.get("settings.tier", omitted=""))
    is_plus = _edition(instance) != "ENTERPRISE"
    if tier in _SHARED_CORE and not is_plus:
        yield pricing.component(f"{tier}, {zones}", f"sql.{tier}.{zones}.hour", hours)
        return
    vcpus, gib = _size_of_plus(tier) if is_plus else _size(tier)
    keys = "sql.plus" if is_plus else "sql"
    yield pricing.component(f"vCPU ({tier}, {zones})", f"{keys}.vcpu.{zones}.hour", hours * vcpus)
    yield pricing.component(
        f"memory ({tier}, {zones})", f"{keys}.ram.{zones}.gib_hour", hours * gib
    )
    if is_plus:
        cache = _cache(instance, _CACHE_GIB[int(vcpus)], zones)
        yield pricing.component("data cache", "sql.plus.cache.gib_month", cache)
    version = str(instance.get("databaseVersion", omitted=""))
    if version.startswith("SQLSERVER"):
        yield from _licence(version.rpartition("_")[2], vcpus, hours, pricing)


def _cache(instance: Resource, gib: int, zones: str) -> Amounts:
    """GiB of the data cache.

    By default a new instance has it, says its documentation, and has not, says the provider's.
    Whether a standby's is billed, neither says.
    """
    if not is_true(instance, _CACHED, omitted=True):
        return ZERO
    least = gib if instance.is_set(_CACHED) else 0
    most = gib * (2 if zones == "regional" else 1)
    return Amounts(Decimal(least), Decimal(gib), Decimal(most))


def _licence(kind: str, vcpus: Decimal, hours: Amounts, pricing: Pricing) -> Components:
    """A standby needs none of its own; Express costs nothing."""
    if kind not in _LICENCES:
        raise UnpricedError(f"there is no price for the licence of SQL Server {kind}")
    if kind != "EXPRESS":
        key = f"sql.sqlserver.{kind.lower()}.vcpu_hour"
        counted = hours * max(_LICENSED_VCPUS, vcpus)
        yield pricing.component(f"licence ({kind})", key, counted, region=WORLDWIDE)


def _size(tier: str) -> tuple[Decimal, Decimal]:
    """The vCPUs and GiB of a tier."""
    custom = _CUSTOM.fullmatch(tier)
    if custom and int(custom[1]) and int(custom[2]):
        return Decimal(custom[1]), Decimal(custom[2]) / 1024
    named = _NAMED.fullmatch(tier)
    if named and int(named[2]):
        return Decimal(named[2]), Decimal(named[2]) * _NAMED_GIB[named[1]]
    light = _LIGHT.fullmatch(tier)
    if light and int(light[1]):
        return Decimal(light[1]), _LIGHT_GIB
    raise UnpricedError(f"there is no price for Cloud SQL's tier {tier}")


def _size_of_plus(tier: str) -> tuple[Decimal, Decimal]:
    """The vCPUs and GiB of a tier of Enterprise Plus."""
    found = _PLUS.fullmatch(tier)
    gib = _PLUS_GIB.get(int(found[1])) if found else None
    if found is None or gib is None:
        raise UnpricedError(f"there is no price for {tier} of Cloud SQL Enterprise Plus")
    return Decimal(found[1]), gib


def _edition(instance: Resource) -> str:
    edition = instance.get("settings.edition")
    if edition:
        return str(edition)
    version = re.fullmatch(r"POSTGRES_(\d{1,9})", str(instance.get("databaseVersion", omitted="")))
    plus = version is not None and int(version[1]) >= _PLUS_BY_DEFAULT_SINCE
    return "ENTERPRISE_PLUS" if plus else "ENTERPRISE"


def _storage(instance: Resource, pricing: Pricing) -> Amounts:
    """GiB, grown as far as is assumed and the limit allows."""
    settings = instance.at("settings")
    limit = read_number(settings, "diskAutoresizeLimit", omitted=0)
    gib = read_bounded(
        settings,
        "diskSize",
        omitted=_SMALLEST_GIB,
        low=Decimal(_SMALLEST_GIB),
        high=limit or None,
    )
    if not is_true(settings, "diskAutoresize", omitted=True):
        return gib
    grown = gib + gib * pricing.assumed("storage_growth")
    return grown.at_most(Amounts.of(limit or _LARGEST_GIB)).at_least(gib)
