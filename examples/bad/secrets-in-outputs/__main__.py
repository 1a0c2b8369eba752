"""A password in plain config, one that loses its secret mark, and both in the outputs."""

import pulumi
import pulumi_gcp as gcp

config = pulumi.Config()
admin_password = config.require("adminPassword")
app_password = config.require_secret("appPassword")

server = gcp.sql.DatabaseInstance(
    "ledger",
    database_version="POSTGRES_16",
    root_password=admin_password,
    settings={
        "tier": "db-custom-2-7680",
        "ip_configuration": {
            "ipv4_enabled": False,
            "private_network": "projects/shop-dev/global/networks/shared",
            "ssl_mode": "ENCRYPTED_ONLY",
        },
        "backup_configuration": {"enabled": True, "point_in_time_recovery_enabled": True},
    },
)
gcp.sql.User("app", instance=server.name, password=app_password)

settings = gcp.secretmanager.Secret("settings", secret_id="settings", replication={"auto": {}})
gcp.secretmanager.SecretVersion(
    "settings-1",
    secret=settings.id,
    secret_data=pulumi.Output.json_dumps({"user": "admin", "password": admin_password}),
)

# Shown by `pulumi stack output`, and read by every stack that refers to this one.
pulumi.export("admin_password", admin_password)
pulumi.export("app_url", pulumi.Output.unsecret(app_password).apply(lambda it: f"app:{it}@ledger"))
