"""Cloud SQL: the machine, its storage, its backups; a standby doubles machine and storage.

Source: Cloud SQL's price page and documentation ("Instance settings", "Editions"), 2026-11.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, is_true, read_bounded, read_number
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.databases import PUBLIC_ADDRESS
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource

_SHARED_CORE: Final = ("db-f1-micro", "db-g1-small")
_CUSTOM: Final = re.compile(r"db-custom-(\d{1,9})-(\d{1,9})")
_LEGACY: Final = re.compile(r"db-n1-(standard|highmem)-(\d{1,9})")
_LEGACY_GIB: Final = {"standard": Decimal("3.75"), "highmem": Decimal("6.5")}
_DISKS: Final = {"PD_SSD": "ssd", "PD_HDD": "hdd"}
_SMALLEST_GIB: Final = 10
_LARGEST_GIB: Final = 65_536
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
    if is_true(settings, "backupConfiguration.enabled", omitted=False):
        share = pricing.assumed("backup_share")
        yield pricing.component("backups", "sql.backup.gib_month", gib * share)
    if settings.get("activationPolicy", omitted="ALWAYS") != "NEVER":
        yield from _machine(instance, zones, pricing)
    elif is_true(instance, _PUBLIC.path, omitted=_PUBLIC.omitted):
        # Only the address of an instance that is stopped is billed.
        yield pricing.component("idle public address", "sql.ip_idle.hour", HOURS_PER_MONTH)


def _machine(instance: Resource, zones: str, pricing: Pricing) -> Components:
    tier = str(instance.get("settings.tier", omitted=""))
    if _edition(instance) != "ENTERPRISE":
        raise UnpricedError("there is no price for Cloud SQL Enterprise Plus")
    if tier in _SHARED_CORE:
        yield pricing.component(f"{tier}, {zones}", f"sql.{tier}.{zones}.hour", HOURS_PER_MONTH)
        return
    vcpus, gib = _size(tier)
    yield pricing.component(
        f"vCPU ({tier}, {zones})", f"sql.vcpu.{zones}.hour", HOURS_PER_MONTH * vcpus
    )
    yield pricing.component(
        f"memory ({tier}, {zones})", f"sql.ram.{zones}.gib_hour", HOURS_PER_MONTH * gib
    )
    if str(instance.get("databaseVersion", omitted="")).startswith("SQLSERVER"):
        raise UnpricedError("there is no price for the licence of SQL Server")


def _size(tier: str) -> tuple[Decimal, Decimal]:
    """The vCPUs and GiB of a tier."""
    custom = _CUSTOM.fullmatch(tier)
    if custom and int(custom[1]) and int(custom[2]):
        return Decimal(custom[1]), Decimal(custom[2]) / 1024
    legacy = _LEGACY.fullmatch(tier)
    if legacy and int(legacy[2]):
        return Decimal(legacy[2]), Decimal(legacy[2]) * _LEGACY_GIB[legacy[1]]
    raise UnpricedError(f"there is no price for Cloud SQL's tier {tier}")


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
