"""The shop: the same program as in the folders beside this one, in Python."""

import pulumi
import pulumi_gcp as gcp

password = pulumi.Config().require_secret("database-password")
client = gcp.organizations.get_client_config()
database = gcp.sql.DatabaseInstance(
    "orders",
    database_version="POSTGRES_17",
    settings={
        "tier": "db-f1-micro",
        "ip_configuration": {"ipv4_enabled": True, "ssl_mode": "ENCRYPTED_ONLY"},
    },
)
gcp.sql.User("app", instance=database.name, password=password)
gcp.sql.User("reports", instance=database.name, password="written-in-the-program")
bucket = gcp.storage.Bucket(
    "invoices", location=client.region, public_access_prevention="inherited"
)
pulumi.export("invoices", bucket.url)
