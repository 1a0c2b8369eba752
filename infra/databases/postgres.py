"""PostgreSQL on Cloud SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_gcp as gcp

from infra.compute import Connection
from infra.config.postgres import PostgresConfig
from infra.config.types import PASSWORD_LENGTH, POSTGRES_USER
from infra.databases.postgres_alerts import backup_failed, postgres_alerts
from infra.monitoring import THRESHOLDS, Alert
from infra.networking import Network
from infra.project import GoogleApi, StackContext
from infra.secrets import StoredSecret

PORT = 5432

TRANSACTION_LOG_DAYS = 7
"""How far back a point-in-time recovery reaches: the most that the ENTERPRISE edition keeps."""

_DATABASE = "apex_memory"

_FLAGS = {
    # CIS Google Cloud Platform Foundation Benchmark 4.0, section 6.2.
    "log_error_verbosity": "default",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_statement": "ddl",
    "log_min_messages": "warning",
    "log_min_error_statement": "error",
    "log_min_duration_statement": "-1",
    "cloudsql.enable_pgaudit": "on",
    # What the benchmark leaves open: pgaudit says nothing until it is told what to log.
    "pgaudit.log": "ddl,role",
    "log_checkpoints": "on",
    "log_lock_waits": "on",
    "log_temp_files": "0",
    "cloudsql.iam_authentication": "on",
}


@dataclass(frozen=True, kw_only=True)
class PostgresArgs:
    """What a `Postgres` is built from."""

    ctx: StackContext
    network: Network
    config: PostgresConfig
    backup_retention: int
    """How many daily backups are kept."""
    password: StoredSecret
    """Password of the application's user."""


@dataclass(frozen=True, kw_only=True)
class _Ids:
    """What is taken over, as the provider imports it; None where it is made."""

    instance: str | None = None
    database: str | None = None
    user: str | None = None

    @classmethod
    def of(cls, args: PostgresArgs) -> Self:
        if not args.config.restored:
            return cls()
        instance = f"projects/{args.ctx.project}/instances/{args.config.restored}"
        return cls(
            instance=instance,
            database=f"{instance}/databases/{_DATABASE}",
            user=f"{args.ctx.project}/{args.config.restored}/{POSTGRES_USER}",
        )


class Postgres(pulumi.ComponentResource):
    """A PostgreSQL 17 instance in the private network, with the application's database and user.

    It takes encrypted connections only. It can be brought back to any
    moment of the last `TRANSACTION_LOG_DAYS` days, or to one of its daily backups.
    """

    alerts: Sequence[Alert]
    connection_name: pulumi.Output[str]
    """`<project>:<region>:<instance>`."""
    private_ip: pulumi.Output[str]
    database_name: pulumi.Output[str]
    user_name: pulumi.Output[str]
    connection: Connection

    def __init__(
        self, name: str, args: PostgresArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:databases:Postgres", name, None, opts)
        there = _Ids.of(args)
        instance_name = args.config.restored or args.ctx.lasting_name("postgres")
        self.alerts = postgres_alerts(
            THRESHOLDS[args.ctx.environment],
            database_id=f"{args.ctx.project}:{instance_name}",
            backup_failed=backup_failed(args.ctx.name("postgres_backup_failed").replace("-", "_")),
        )
        instance = gcp.sql.DatabaseInstance(
            "postgres",
            name=instance_name,
            region=args.ctx.region,
            database_version="POSTGRES_17",
            settings=self._settings(args),
            deletion_protection=args.ctx.deletion_protection,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[args.ctx.apis[GoogleApi.SQL_ADMIN], args.network.private_services],
                protect=args.ctx.deletion_protection,
                import_=there.instance,
                # Where another one takes its place, the engine would delete it without a look at
                # `protect` (Pulumi 3.259, ImportStep): like this it is forgotten, and stays.
                retain_on_delete=args.ctx.deletion_protection,
            ),
        )
        # PostgreSQL drops neither a database in use nor a role that owns something: both go with
        # the instance.
        database = gcp.sql.Database(
            "database",
            name=_DATABASE,
            instance=instance.name,
            charset="UTF8",
            deletion_policy="ABANDON",
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.ctx.deletion_protection, import_=there.database
            ),
        )
        user = gcp.sql.User(
            "user",
            name=POSTGRES_USER,
            instance=instance.name,
            type="BUILT_IN",
            password_wo=args.password.value,
            password_wo_version=args.password.fingerprint.apply(int),
            deletion_policy="ABANDON",
            opts=pulumi.ResourceOptions(parent=self, import_=there.user),
        )
        self.connection_name = instance.connection_name
        self.private_ip = instance.private_ip_address
        self.database_name = database.name
        self.user_name = user.name
        self.connection = Connection(
            environment={
                "POSTGRES_HOST": self.private_ip,
                "POSTGRES_PORT": str(PORT),
                "POSTGRES_DATABASE": self.database_name,
                "POSTGRES_USER": self.user_name,
                "POSTGRES_SSLMODE": "require",
            },
            secrets={"POSTGRES_PASSWORD": args.password},
            network_tag=args.network.open_managed_database("postgres", PORT),
        )
        self.register_outputs(
            {
                "connection_name": self.connection_name,
                "private_ip": self.private_ip,
                "database_name": self.database_name,
                "user_name": self.user_name,
            }
        )

    @staticmethod
    def _settings(args: PostgresArgs) -> gcp.sql.DatabaseInstanceSettingsArgs:
        return gcp.sql.DatabaseInstanceSettingsArgs(
            # From PostgreSQL 16 on the API's own choice is ENTERPRISE_PLUS, which has other tiers.
            edition="ENTERPRISE",
            tier=args.config.tier,
            availability_type="REGIONAL" if args.config.high_availability else "ZONAL",
            activation_policy="ALWAYS",
            disk_type="PD_SSD",
            disk_size=args.config.disk_size,
            disk_autoresize=True,
            disk_autoresize_limit=args.config.disk_limit,
            ip_configuration=gcp.sql.DatabaseInstanceSettingsIpConfigurationArgs(
                ipv4_enabled=args.config.public_ip,
                private_network=args.network.id,
                ssl_mode="ENCRYPTED_ONLY",
            ),
            backup_configuration=gcp.sql.DatabaseInstanceSettingsBackupConfigurationArgs(
                enabled=True,
                start_time="03:00",  # UTC, as all times here
                location=args.ctx.region,
                point_in_time_recovery_enabled=True,
                transaction_log_retention_days=TRANSACTION_LOG_DAYS,
                backup_retention_settings=gcp.sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs(
                    retained_backups=args.backup_retention,
                    retention_unit="COUNT",
                ),
            ),
            retain_backups_on_delete=True,
            database_flags=[
                gcp.sql.DatabaseInstanceSettingsDatabaseFlagArgs(name=flag, value=value)
                for flag, value in _FLAGS.items()
            ],
            password_validation_policy=gcp.sql.DatabaseInstanceSettingsPasswordValidationPolicyArgs(
                enable_password_policy=True,
                # What the configuration asks for, too (infra/config/types.py).
                min_length=PASSWORD_LENGTH,
                complexity="COMPLEXITY_DEFAULT",
                disallow_username_substring=True,
            ),
            insights_config=gcp.sql.DatabaseInstanceSettingsInsightsConfigArgs(
                query_insights_enabled=True,
                record_application_tags=True,
                record_client_address=False,
            ),
            maintenance_window=gcp.sql.DatabaseInstanceSettingsMaintenanceWindowArgs(
                day=7,  # Sunday
                hour=5,
                update_track="stable",
            ),
            deletion_protection_enabled=args.ctx.deletion_protection,
            user_labels=args.ctx.labels,
        )
