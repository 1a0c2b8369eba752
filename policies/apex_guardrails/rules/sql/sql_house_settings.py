"""What some houses ask of Cloud SQL instances: rules that settings turn on.

What is omitted is as in the Cloud SQL Admin API, or the provider's default (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from apex_guardrails.gcp.databases import is_primary
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.rules.families.required_inputs import (
    REQUIRED_INPUTS,
    Required,
    Setting,
    given,
)
from apex_guardrails.rules.families.table import RuleRow


def _row(  # noqa: PLR0913, PLR0917 a rule's texts, in their order
    rule_id: str,
    ways: tuple[Setting, ...],
    says: str,
    title: str,
    why: str,
    fix: str,
    *,
    elements: str = "",
    may_be_left_out: bool = False,
    opt_in: bool = True,
) -> RuleRow[Required]:
    return RuleRow(
        id=rule_id,
        about=Required(
            on=(SQL_DATABASE_INSTANCE,),
            ways=ways,
            says=says,
            elements=elements,
            may_be_left_out=may_be_left_out,
        ),
        severity="low",
        title=title,
        why=why,
        fix=fix,
        opt_in=opt_in,
    )


def _cases(required: Required) -> Iterator[Case]:
    yield from REQUIRED_INPUTS.cases(required)
    # A replica has its primary's.
    yield case.not_applicable(masterInstanceName="primary")
    yield case.not_applicable(masterInstanceName=case.UNKNOWN)


ROWS: Final = (
    # First the one that has everything: a list, each element of which must say it.
    _row(
        "sql-authorized-networks-expire",
        (given("expirationTime"),),
        "is admitted for good",
        "Cloud SQL admits networks for a time",
        "An address that was let in for an afternoon is let in for years.",
        "Set expiration_time in each of settings.ip_configuration.authorized_networks.",
        elements="settings.ipConfiguration.authorizedNetworks",
    ),
    _row(
        "sql-connector-enforced",
        (Setting("settings.connectorEnforcement", ("REQUIRED",), "NOT_REQUIRED"),),
        "accepts connections without a connector",
        "Cloud SQL accepts connectors and the Auth Proxy only",
        "Whoever knows the password needs no identity of Google's.",
        'Set settings.connector_enforcement="REQUIRED".',
    ),
    _row(
        "sql-disk-autoresize",
        (Setting("settings.diskAutoresize", omitted=True),),
        "stops writing when its disk is full",
        "Cloud SQL disks grow by themselves",
        "A database whose disk is full goes down.",
        "Remove settings.disk_autoresize=False.",
        opt_in=False,
        may_be_left_out=True,
    ),
    _row(
        "sql-final-backup-kept",
        (Setting("settings.finalBackupConfig.enabled"), Setting("settings.retainBackupsOnDelete")),
        "takes its backups with it when it is deleted",
        "Backups of Cloud SQL outlive the instance",
        "After a deletion by mistake there is nothing to restore from.",
        "Set settings.final_backup_config.enabled=True, or retain_backups_on_delete.",
    ),
    _row(
        "sql-high-availability",
        (Setting("settings.availabilityType", ("REGIONAL",), "ZONAL"),),
        "is gone when its zone fails",
        "Cloud SQL instances have a standby in another zone",
        "A zone that fails takes the database with it, for hours.",
        'Set settings.availability_type="REGIONAL".',
    ),
    _row(
        "sql-maintenance-window-set",
        (given("settings.maintenanceWindow.day"),),
        "is maintained at any hour",
        "Cloud SQL instances have a maintenance window",
        "Google may restart the database at the busiest hour.",
        "Set settings.maintenance_window.",
    ),
    _row(
        "sql-query-insights-enabled",
        (Setting("settings.insightsConfig.queryInsightsEnabled"),),
        "keeps no record of slow queries",
        "Cloud SQL has Query Insights",
        "Nobody can tell which query made the database slow.",
        "Set settings.insights_config.query_insights_enabled=True.",
    ),
)

RULES = replace(REQUIRED_INPUTS, when=is_primary, cases=_cases).rules(__name__, ROWS)
