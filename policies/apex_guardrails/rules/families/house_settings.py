"""Inputs that some houses ask for and others do without: rules that settings turn on.

What is omitted is as in the API of each service, or the provider's default (2026-11).
"""

from __future__ import annotations

from typing import Final

from apex_guardrails.gcp import types
from apex_guardrails.rules.families.required_inputs import (
    REQUIRED_INPUTS,
    Required,
    Setting,
    given,
)
from apex_guardrails.rules.families.table import RuleRow


def _row(  # noqa: PLR0913, PLR0917 a rule's texts, in their order
    rule_id: str,
    on: str | tuple[str, ...],
    ways: Setting | tuple[Setting, ...],
    says: str,
    title: str,
    why: str,
    *,
    fix: str = "",
    may_be_left_out: bool = False,
) -> RuleRow[Required]:
    return RuleRow(
        id=rule_id,
        about=Required(
            on=(on,) if isinstance(on, str) else on,
            ways=(ways,) if isinstance(ways, Setting) else ways,
            says=says,
            may_be_left_out=may_be_left_out,
        ),
        severity="low",
        title=title,
        why=why,
        fix=fix,
        opt_in=True,
    )


_RUN: Final = (types.CLOUDRUNV2_SERVICE, types.CLOUDRUNV2_JOB, types.CLOUDRUNV2_WORKER_POOL)
_ALERT: Final = types.MONITORING_ALERT_POLICY

ROWS: Final = (
    _row(
        "artifactregistry-cleanup-policies",
        types.ARTIFACTREGISTRY_REPOSITORY,
        given("cleanupPolicies[0]"),
        "keeps every version for good",
        "Repositories have cleanup policies",
        "Every build adds to the bill, and old images carry old vulnerabilities.",
        fix="Set cleanup_policies.",
    ),
    _row(
        "artifactregistry-immutable-tags",
        types.ARTIFACTREGISTRY_REPOSITORY,
        (
            Setting("dockerConfig.immutableTags"),
            # What holds no images of its own has no tags of its own.
            Setting("mode", ("REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY"), "STANDARD_REPOSITORY"),
            Setting(
                "format",
                ("APT", "GENERIC", "GO", "GOOGET", "KFP", "MAVEN", "NPM", "PYTHON", "RUBY", "YUM"),
                "DOCKER",
            ),
        ),
        "lets a tag be moved to another image",
        "Docker repositories have immutable tags",
        "Whoever may push can replace the image behind a tag that is deployed.",
        fix="Set docker_config.immutable_tags=True.",
    ),
    _row(
        "armor-adaptive-protection",
        types.COMPUTE_SECURITY_POLICY,
        (
            Setting("adaptiveProtectionConfig.layer7DdosDefenseConfig.enable"),
            Setting("type", ("CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_NETWORK"), "CLOUD_ARMOR"),
        ),
        "does not look for attacks by itself",
        "Cloud Armor looks for attacks by itself",
        "A flood of valid requests breaks no rule that somebody wrote before.",
        fix="Set adaptive_protection_config.layer7_ddos_defense_config.enable=True.",
    ),
    _row(
        "build-trigger-approval",
        types.CLOUDBUILD_TRIGGER,
        Setting("approvalConfig.approvalRequired"),
        "builds without anybody's approval",
        "Cloud Build triggers wait for an approval",
        "Whoever may push deploys.",
        fix="Set approval_config.approval_required=True.",
    ),
    _row(
        "composer-web-server-restricted",
        types.COMPOSER_ENVIRONMENT,
        given("config.webServerNetworkAccessControl.allowedIpRanges[0]"),
        "shows its web server to every address",
        "Composer environments say who reaches their web server",
        "A stolen session of one person runs code from anywhere.",
        fix="Set config.web_server_network_access_control.allowed_ip_ranges.",
    ),
    _row(
        "compute-mig-autohealing",
        (types.COMPUTE_INSTANCE_GROUP_MANAGER, types.COMPUTE_REGION_INSTANCE_GROUP_MANAGER),
        given("autoHealingPolicies.healthCheck"),
        "keeps machines that hang",
        "Managed instance groups replace machines that do not answer",
        "A machine that runs, but whose program hangs, stays.",
        fix="Set auto_healing_policies with a health_check.",
    ),
    _row(
        "compute-no-nested-virtualization",
        (
            types.COMPUTE_INSTANCE,
            types.COMPUTE_INSTANCE_TEMPLATE,
            types.COMPUTE_REGION_INSTANCE_TEMPLATE,
        ),
        Setting("advancedMachineFeatures.enableNestedVirtualization", (False,), omitted=False),
        "may run virtual machines of its own",
        "VMs run no virtual machines of their own",
        "What runs in such a machine is seen by no agent, scanner or log.",
        fix="Remove advanced_machine_features.enable_nested_virtualization.",
        may_be_left_out=True,
    ),
    _row(
        "filestore-clients-restricted",
        types.FILESTORE_INSTANCE,
        given("fileShares.nfsExportOptions[0]"),
        "can be mounted by every machine of its network",
        "Filestore shares say who may mount them",
        "NFS asks for no password: any machine of the network reads and writes as root.",
        fix="Set file_shares.nfs_export_options, with ip_ranges.",
    ),
    _row(
        "firestore-pitr-enabled",
        types.FIRESTORE_DATABASE,
        Setting(
            "pointInTimeRecoveryEnablement",
            ("POINT_IN_TIME_RECOVERY_ENABLED",),
            "POINT_IN_TIME_RECOVERY_DISABLED",
        ),
        "cannot be read as of a time before",
        "Firestore databases have point-in-time recovery",
        "What a program overwrote is gone, or as old as the last backup.",
        fix='Set point_in_time_recovery_enablement="POINT_IN_TIME_RECOVERY_ENABLED".',
    ),
    _row(
        "firewall-logging-enabled",
        types.COMPUTE_FIREWALL,
        # The second is its former name.
        (given("logConfig.metadata"), Setting("enableLogging")),
        "does not log the connections that it decides about",
        "Firewall rules log",
        "Nobody can tell who came in, or was turned away.",
        fix='Set log_config={"metadata": "INCLUDE_ALL_METADATA"}.',
    ),
    _row(
        "memorystore-backups-enabled",
        (types.MEMORYSTORE_INSTANCE, types.REDIS_CLUSTER),
        given("automatedBackupConfig.retention"),
        "is not backed up",
        "Memorystore instances and clusters are backed up",
        "What was deleted by mistake cannot be brought back.",
        fix="Set automated_backup_config.",
    ),
    _row(
        "memorystore-persistence-enabled",
        (types.MEMORYSTORE_INSTANCE, types.REDIS_CLUSTER),
        Setting("persistenceConfig.mode", ("AOF", "RDB"), "DISABLED"),
        "loses its data when a node fails",
        "Memorystore instances and clusters persist their data",
        "Without replicas or persistence, a failed node starts empty.",
        fix='Set persistence_config.mode="RDB" or "AOF".',
    ),
    _row(
        "monitoring-alert-documented",
        _ALERT,
        given("documentation.content"),
        "does not say what to do",
        "Alert policies say what to do",
        "Whoever is woken looks for the runbook first.",
        fix="Set documentation.content.",
    ),
    _row(
        "monitoring-alert-severity-set",
        _ALERT,
        given("severity"),
        "does not say how bad it is",
        "Alert policies have a severity",
        "All incidents look the same to whoever is on call.",
        fix='Set severity="CRITICAL", "ERROR" or "WARNING".',
    ),
    _row(
        "nat-logging-enabled",
        types.COMPUTE_ROUTER_NAT,
        Setting("logConfig.enable"),
        "logs no connections",
        "Cloud NAT logs",
        "Nobody can tell which machine spoke to an address on the internet.",
        fix="Set log_config.enable=True.",
    ),
    _row(
        "redis-high-availability",
        types.REDIS_INSTANCE,
        Setting("tier", ("STANDARD_HA",), "BASIC"),
        "is gone when its zone fails",
        "Redis instances have a replica in another zone",
        "Maintenance and failures empty an instance of the basic tier.",
        fix='Set tier="STANDARD_HA".',
    ),
    _row(
        "redis-maintenance-window-set",
        types.REDIS_INSTANCE,
        given("maintenancePolicy.weeklyMaintenanceWindows[0]"),
        "is maintained at any hour",
        "Redis instances have a maintenance window",
        "Google may fail it over at the busiest hour.",
        fix="Set maintenance_policy.weekly_maintenance_windows.",
    ),
    _row(
        "redis-persistence-enabled",
        types.REDIS_INSTANCE,
        Setting("persistenceConfig.persistenceMode", ("RDB",), "DISABLED"),
        "starts empty after a failure",
        "Redis instances persist their data",
        "What only Redis knows is lost with its memory.",
        fix='Set persistence_config.persistence_mode="RDB".',
    ),
    _row(
        "run-binary-authorization",
        _RUN,
        (Setting("binaryAuthorization.useDefault"), given("binaryAuthorization.policy")),
        "runs any image",
        "Cloud Run asks Binary Authorization",
        "An image that never passed your pipeline can be deployed.",
        fix="Set binary_authorization.use_default=True.",
    ),
    _row(
        "run-default-url-disabled",
        types.CLOUDRUNV2_SERVICE,
        Setting("defaultUriDisabled"),
        "answers at its run.app address",
        "Cloud Run services have no run.app address",
        "It goes round the load balancer, and so round Cloud Armor, where ingress lets it.",
        fix="Set default_uri_disabled=True.",
    ),
    _row(
        "secretmanager-rotation-set",
        (types.SECRETMANAGER_SECRET, types.SECRETMANAGER_REGIONAL_SECRET),
        given("rotation.rotationPeriod"),
        "has no rotation period",
        "Secrets have a rotation period",
        "Nothing reminds anybody that a credential is years old.",
        fix="Set rotation.rotation_period, and topics.",
    ),
    _row(
        "secretmanager-version-destroy-delay",
        (types.SECRETMANAGER_SECRET, types.SECRETMANAGER_REGIONAL_SECRET),
        given("versionDestroyTtl"),
        "loses a destroyed version at once",
        "Destroyed versions of secrets can be restored for a time",
        "A version that is destroyed by mistake is gone.",
        fix='Set version_destroy_ttl, such as "604800s".',
    ),
    _row(
        "vpc-peering-no-public-subnet-routes",
        types.COMPUTE_NETWORK_PEERING,
        Setting("exportSubnetRoutesWithPublicIp", (False,), omitted=True),
        "hands routes of public ranges to its peer",
        "VPC peerings hand over no routes of public ranges",
        "The peer's traffic to addresses of the internet can end in your network.",
        fix="Set export_subnet_routes_with_public_ip=False.",
    ),
    _row(
        "workflows-call-logging",
        types.WORKFLOWS_WORKFLOW,
        Setting("callLogLevel", ("LOG_ALL_CALLS", "LOG_ERRORS_ONLY"), "CALL_LOG_LEVEL_UNSPECIFIED"),
        "logs no calls",
        "Workflows log their calls",
        "Nobody can tell what a workflow asked for, and what it was answered.",
        fix='Set call_log_level="LOG_ALL_CALLS" or "LOG_ERRORS_ONLY".',
    ),
)

RULES = REQUIRED_INPUTS.rules(__name__, ROWS)
