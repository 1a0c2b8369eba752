"""What GKE nodes are made with, as far as one input says it."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import NODES, WITH_NODES, is_standard, nodes_of
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.rules.families.settings import Setting
from apex_guardrails.rules.families.table import RuleRow, RuleTable


def _check(setting: Setting) -> Check:
    def check(resource: Resource) -> Iterator[Violation]:
        yield from resource.stack.each(nodes_of(resource), setting.violations)

    return check


def _own_cases(setting: Setting) -> Iterator[Case]:
    """Those of a setting, and one each of what else is read that may not be known."""
    good = setting.inputs(setting.accepted)
    yield case.passes(nodeConfig=good, enableAutopilot=False)
    yield case.passes(nodeConfig=good, nodePools=[], clusterAutoscaling={"enabled": False})
    for value in setting.refused:
        yield case.fails(nodeConfig=setting.inputs(value))
    yield setting.left_out(description="shop")
    yield setting.unknown(nodeConfig=setting.inputs(case.UNKNOWN))
    for path in ("enableAutopilot", "nodePools", "removeDefaultNodePool"):
        yield case.undecided(**case.inputs_at(path, case.UNKNOWN))
    yield case.undecided(clusterAutoscaling=case.UNKNOWN, removeDefaultNodePool=True)


def _cases(setting: Setting) -> Iterator[Case]:
    yield from _own_cases(setting)
    good, bad, not_known = map(setting.inputs, (setting.accepted, setting.refused[0], case.UNKNOWN))
    pool = CONTAINER_NODE_POOL
    yield case.passes(case.resource(pool, nodeConfig=good))
    yield case.fails(case.resource(pool, nodeConfig=bad))
    yield setting.left_out(case.resource(pool))
    yield setting.unknown(case.resource(pool, nodeConfig=not_known))
    yield case.passes(nodeConfig=bad, removeDefaultNodePool=True)
    yield case.fails(nodePools=[{NODES: not_known}, {}, {NODES: bad}])
    yield setting.unknown(nodePools=[{NODES: not_known}, {NODES: good}])
    yield case.not_applicable(enableAutopilot=True)


RULES = RuleTable(
    on=WITH_NODES,
    check=_check,
    when=is_standard,
    cases=_cases,
    own_cases=_own_cases,
).rules(
    __name__,
    [
        RuleRow(
            id="gke-metadata-server",
            about=Setting(
                # Omitted: GKE's own, where the cluster has workload identity; whether it has,
                # gke-workload-identity says (GKE, "Workload Identity Federation", 2026-11).
                input=Input("workloadMetadataConfig.mode", omitted="GKE_METADATA"),
                refused=("GCE_METADATA", "MODE_UNSPECIFIED"),
                accepted="GKE_METADATA",
                says="shows the node's own metadata to its pods",
            ),
            severity="high",
            title="GKE pods see GKE's metadata server, not the node's.",
            why="Every pod can fetch tokens of the node's account, and the node's own credentials.",
            fix='Set node_config.workload_metadata_config.mode="GKE_METADATA", or leave it out.',
            controls=("checkov:CKV_GCP_69", "trivy:GCP-0057"),
        ),
        RuleRow(
            id="gke-secure-boot",
            about=Setting(
                input=Input("shieldedInstanceConfig.enableSecureBoot", omitted=False),
                refused=(False,),
                accepted=True,
                required=True,
                says="starts its nodes without Secure Boot",
            ),
            severity="medium",
            title="GKE nodes start with Secure Boot.",
            why="A rootkit in a node's kernel survives restarts.",
            fix="Set enable_secure_boot=True in node_config.shielded_instance_config.",
            controls=("checkov:CKV_GCP_68",),
        ),
        RuleRow(
            id="gke-integrity-monitoring",
            about=Setting(
                input=Input("shieldedInstanceConfig.enableIntegrityMonitoring", omitted=True),
                refused=(False,),
                accepted=True,
                says="does not compare how its nodes start",
            ),
            severity="medium",
            title="GKE nodes have integrity monitoring.",
            why="A tampered boot chain goes unnoticed.",
            fix="Remove enable_integrity_monitoring=False.",
            controls=("checkov:CKV_GCP_72",),
        ),
        RuleRow(
            id="gke-no-legacy-metadata-endpoints",
            about=Setting(
                input=Input('metadata["disable-legacy-endpoints"]', omitted="true"),
                refused=("FALSE",),
                accepted="true",
                says="has the metadata server's legacy endpoints",
            ),
            severity="medium",
            title="GKE nodes have no legacy metadata endpoints.",
            why="They ask for no header, so a forged request from a pod is enough for a token.",
            fix='Remove "disable-legacy-endpoints" from node_config.metadata.',
            controls=("trivy:GCP-0048",),
        ),
        RuleRow(
            id="gke-cos-node-image",
            about=Setting(
                input=Input("imageType", omitted="COS_CONTAINERD"),
                refused=("UBUNTU_CONTAINERD", "UBUNTU"),
                accepted="cos_containerd",
                says="runs its nodes on Ubuntu",
            ),
            severity="low",
            title="GKE nodes run Container-Optimized OS.",
            why="A general system has more to patch, and lets root change it.",
            fix='Set node_config.image_type="COS_CONTAINERD", or leave it out.',
            controls=(
                "checkov:CKV_GCP_22",
                "trivy:GCP-0054",
            ),
        ),
        RuleRow(
            id="gke-boot-disk-cmek",
            about=Setting(
                input=Input("bootDiskKmsKey", omitted=None),
                refused=(),
                accepted="projects/p/locations/us/keyRings/r/cryptoKeys/k",
                required=True,
                says="has boot disks with a Google-managed key",
            ),
            severity="low",
            title="Boot disks of GKE nodes use a customer-managed key.",
            why="With Google's key you cannot lock the disk away by disabling a key.",
            fix="Set node_config.boot_disk_kms_key.",
            opt_in=True,
        ),
    ],
)
