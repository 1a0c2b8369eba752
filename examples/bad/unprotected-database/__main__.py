"""A PostgreSQL server that the whole internet can try passwords on, and that nobody can restore."""

import pulumi
import pulumi_gcp as gcp

server = gcp.sql.DatabaseInstance(
    "orders",
    database_version="POSTGRES_16",
    deletion_protection=False,
    settings=gcp.sql.DatabaseInstanceSettingsArgs(
        tier="db-custom-2-7680",
        ip_configuration=gcp.sql.DatabaseInstanceSettingsIpConfigurationArgs(
            ipv4_enabled=True,
            ssl_mode="ALLOW_UNENCRYPTED_AND_ENCRYPTED",
            authorized_networks=[
                gcp.sql.DatabaseInstanceSettingsIpConfigurationAuthorizedNetworkArgs(
                    name="everywhere, until the office has a fixed address",
                    value="0.0.0.0/0",
                ),
            ],
        ),
        backup_configuration=gcp.sql.DatabaseInstanceSettingsBackupConfigurationArgs(enabled=False),
    ),
)

database = gcp.sql.Database("shop", instance=server.name)

gcp.sql.User("app", instance=server.name, password="not-a-real-password")

cache = gcp.redis.Instance("sessions", memory_size_gb=1, tier="BASIC")

pulumi.export("host", server.public_ip_address)
