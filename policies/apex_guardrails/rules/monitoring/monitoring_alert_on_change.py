"""Log metrics and alerts on changes that an intruder makes: one rule each."""

from apex_guardrails.rules.families.log_alerts import LOG_ALERTS, LogChange
from apex_guardrails.rules.families.table import RuleRow

# What a filter must name: the CIS Google Cloud Platform Foundation Benchmark 5.0, section 2.
# Such alerts are mostly in a stack of their own, for the whole organisation: disabled.
ROWS = [
    RuleRow(
        id="monitoring-alert-audit-config",
        about=LogChange(("auditConfigDeltas",)),
        severity="medium",
        title="Audit configuration changes raise an alert.",
        why="An intruder turns logging off first.",
        controls=("cis-gcp-4.0:2.5",),
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-bucket-iam",
        about=LogChange(("storage.setIamPermissions",), kind="gcs_bucket"),
        severity="medium",
        title="Bucket permission changes raise an alert.",
        why="A bucket could be made public unnoticed.",
        controls=("cis-gcp-4.0:2.10",),
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-compute-change",
        about=LogChange(
            ("compute.instances.insert", "compute.instances.delete", "compute.instances.set"),
            kind="gce_instance",
        ),
        severity="medium",
        title="Changes of virtual machines raise an alert.",
        why="A machine could be made, or its account or metadata changed, unnoticed.",
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-custom-role",
        about=LogChange(("CreateRole", "DeleteRole", "UpdateRole"), kind="iam_role"),
        severity="medium",
        title="Custom role changes raise an alert.",
        why="Permissions could be added unnoticed.",
        controls=("cis-gcp-4.0:2.6",),
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-firewall-change",
        about=LogChange(
            ("compute.firewalls.insert", "compute.firewalls.patch", "compute.firewalls.delete"),
            kind="gce_firewall_rule",
        ),
        severity="medium",
        title="Firewall changes raise an alert.",
        why="A port could be opened unnoticed.",
        controls=("cis-gcp-4.0:2.7",),
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-network-change",
        about=LogChange(
            (
                "compute.networks.insert",
                "compute.networks.patch",
                "compute.networks.delete",
                "compute.networks.addPeering",
                "compute.networks.removePeering",
            ),
            kind="gce_network",
        ),
        severity="medium",
        title="VPC network changes raise an alert.",
        why="A peering could open the network unnoticed.",
        controls=("cis-gcp-4.0:2.9",),
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-project-ownership",
        about=LogChange(("roles/owner",)),
        severity="medium",
        title="Project ownership changes raise an alert.",
        why="A takeover could go unnoticed.",
        controls=("cis-gcp-4.0:2.4",),
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-route-change",
        about=LogChange(("compute.routes.insert", "compute.routes.delete"), kind="gce_route"),
        severity="medium",
        title="Route changes raise an alert.",
        why="Traffic could be diverted unnoticed.",
        controls=("cis-gcp-4.0:2.8",),
        level="disabled",
    ),
    RuleRow(
        id="monitoring-alert-sql-change",
        about=LogChange(("cloudsql.instances.update",), kind="cloudsql_database"),
        severity="medium",
        title="Cloud SQL configuration changes raise an alert.",
        why="A public address or a flag could be changed unnoticed.",
        controls=("cis-gcp-4.0:2.11",),
        level="disabled",
    ),
]

RULES = LOG_ALERTS.rules(__name__, ROWS)
