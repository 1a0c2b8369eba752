"""Log metrics and alerts on changes that an intruder makes: one rule each."""

from apex_guardrails.rules.families.log_alerts import Change, log_alert_rules

# What a filter must name: the CIS Google Cloud Platform Foundation Benchmark 5.0, section 2.
CHANGES = [
    Change(
        id="monitoring-alert-audit-config",
        words=("auditConfigDeltas",),
        title="Audit configuration changes raise an alert.",
        why="An intruder turns logging off first.",
        controls=("cis-gcp-4.0:2.5",),
    ),
    Change(
        id="monitoring-alert-bucket-iam",
        words=("storage.setIamPermissions",),
        kind="gcs_bucket",
        title="Bucket permission changes raise an alert.",
        why="A bucket could be made public unnoticed.",
        controls=("cis-gcp-4.0:2.10",),
    ),
    Change(
        id="monitoring-alert-custom-role",
        words=("CreateRole", "DeleteRole", "UpdateRole"),
        kind="iam_role",
        title="Custom role changes raise an alert.",
        why="Permissions could be added unnoticed.",
        controls=("cis-gcp-4.0:2.6",),
    ),
    Change(
        id="monitoring-alert-firewall-change",
        words=("compute.firewalls.insert", "compute.firewalls.patch", "compute.firewalls.delete"),
        kind="gce_firewall_rule",
        title="Firewall changes raise an alert.",
        why="A port could be opened unnoticed.",
        controls=("cis-gcp-4.0:2.7",),
    ),
    Change(
        id="monitoring-alert-network-change",
        words=(
            "compute.networks.insert",
            "compute.networks.patch",
            "compute.networks.delete",
            "compute.networks.addPeering",
            "compute.networks.removePeering",
        ),
        kind="gce_network",
        title="VPC network changes raise an alert.",
        why="A peering could open the network unnoticed.",
        controls=("cis-gcp-4.0:2.9",),
    ),
    Change(
        id="monitoring-alert-project-ownership",
        words=("roles/owner",),
        title="Project ownership changes raise an alert.",
        why="A takeover could go unnoticed.",
        controls=("cis-gcp-4.0:2.4",),
    ),
    Change(
        id="monitoring-alert-route-change",
        words=("compute.routes.insert", "compute.routes.delete"),
        kind="gce_route",
        title="Route changes raise an alert.",
        why="Traffic could be diverted unnoticed.",
        controls=("cis-gcp-4.0:2.8",),
    ),
    Change(
        id="monitoring-alert-sql-change",
        words=("cloudsql.instances.update",),
        kind="cloudsql_database",
        title="Cloud SQL configuration changes raise an alert.",
        why="A public address or a flag could be changed unnoticed.",
        controls=("cis-gcp-4.0:2.11",),
    ),
]

RULES = log_alert_rules(__name__, CHANGES)
