"""Cloud SQL: the machine, its storage, its backups; a standby doubles machine and storage.

Source: Cloud SQL's price page and documentation ("Instance settings", "Editions"), 2026-11.
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
    if _edition(instance) != "ENTERPRISE":
        raise UnpricedError("there is no price for Cloud SQL Enterprise Plus")
    if tier in _SHARED_CORE:
        yield pricing.component(f"{tier}, {zones}", f"sql.{tier}.{zones}.hour", hours)
        return
    vcpus, gib = _size(tier)
    yield pricing.component(f"vCPU ({tier}, {zones})", f"sql.vcpu.{zones}.hour", hours * vcpus)
    yield pricing.component(f"memory ({tier}, {zones})", f"sql.ram.{zones}.gib_hour", hours * gib)
    version = str(instance.get("databaseVersion", omitted=""))
    if version.startswith("SQLSERVER"):
        yield from _licence(version.rpartition("_")[2], vcpus, hours, pricing)


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
