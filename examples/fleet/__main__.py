"""Judges every stack of an organization at night."""

import pulumi
from fleet_audit import FleetAudit, FleetAuditArgs

config = pulumi.Config()
gcp = pulumi.Config("gcp")

audit = FleetAudit(
    "fleet-audit",
    FleetAuditArgs(
        project=gcp.require("project"),
        region=gcp.require("region"),
        image=config.require("image"),
        state_buckets=config.require_object("state-buckets"),
        owners_label=config.get("owners-label") or "team",
        email=config.require("email"),
        labels={
            "environment": "dev",
            "owner": "platform",
            "cost-center": "examples",
            "managed-by": "pulumi",
        },
    ),
)

pulumi.export("results", audit.results)
pulumi.export("dataset", audit.dataset)
