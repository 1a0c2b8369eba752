"""What a GKE cluster is told by one input."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import is_standard
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import case, sets
from apex_guardrails.model.case import Case
from apex_guardrails.rules.families.settings import Setting, cases_of, check_of
from apex_guardrails.rules.families.table import RuleRow, RuleTable

# What is omitted: the provider's defaults, and GKE API, `clusters`; 2026-11.
_OF_ALL = RuleTable(
    on=CONTAINER_CLUSTER,
    check=check_of,
    cases=cases_of,
).rules(
    __name__,
    [
        RuleRow(
            id="gke-no-alpha-cluster",
            about=Setting(
                input=Input("enableKubernetesAlpha", omitted=False),
                refused=(True,),
                accepted=False,
                says="is an alpha cluster",
            ),
            severity="high",
            title="GKE clusters are no alpha clusters.",
            why="Google deletes an alpha cluster after 30 days, and never upgrades it.",
            fix="Remove enable_kubernetes_alpha=True.",
            controls=("checkov:CKV2_GCP_19",),
        ),
        RuleRow(
            id="gke-shielded-nodes",
            about=Setting(
                input=Input("enableShieldedNodes", omitted=True),
                refused=(False,),
                accepted=True,
                says="does not verify its nodes",
            ),
            severity="high",
            title="GKE clusters admit shielded nodes alone.",
            why="Whoever gets hold of a node's bootstrap credentials can pose as a node.",
            fix="Remove enable_shielded_nodes=False.",
            # GKE documentation, "Use Shielded GKE Nodes", 2026-11.
            remedy=sets(value=True, by_hand="GKE makes every node anew for it"),
            controls=("checkov:CKV_GCP_71", "trivy:GCP-0055"),
        ),
        RuleRow(
            id="gke-release-channel",
            about=Setting(
                input=Input("releaseChannel.channel", omitted="REGULAR"),
                refused=("UNSPECIFIED",),
                accepted="STABLE",
                says="is in no release channel",
            ),
            severity="medium",
            title="GKE clusters are in a release channel.",
            why="Google ends this in June 2027; until then upgrades come late, and all at once.",
            fix='Set release_channel.channel="REGULAR", or leave it out.',
            controls=("checkov:CKV_GCP_70",),
        ),
        RuleRow(
            id="gke-vpc-native",
            about=Setting(
                input=Input("networkingMode", omitted="VPC_NATIVE"),
                refused=("ROUTES",),
                accepted="VPC_NATIVE",
                says="routes to its pods by static routes",
            ),
            severity="low",
            title="GKE clusters are VPC-native.",
            why="Each node then needs a route, and load balancers cannot reach pods themselves.",
            fix="Remove networking_mode, and set ip_allocation_policy. The cluster is replaced.",
            controls=(
                "checkov:CKV_GCP_23",
                "trivy:GCP-0049",
            ),
        ),
        RuleRow(
            id="gke-security-posture",
            about=Setting(
                input=Input("securityPostureConfig.mode", omitted="BASIC"),
                refused=("DISABLED", "MODE_UNSPECIFIED"),
                accepted="BASIC",
                says="does not look at what its workloads are configured to do",
            ),
            severity="low",
            title="GKE looks for workloads that are configured badly.",
            why="A privileged pod goes unnoticed.",
            fix='Set security_posture_config.mode="BASIC", or leave it out.',
        ),
        RuleRow(
            id="gke-secrets-encrypted",
            about=Setting(
                input=Input("databaseEncryption.state", omitted="DECRYPTED"),
                refused=("DECRYPTED",),
                accepted="ENCRYPTED",
                required=True,
                says="does not encrypt its secrets with a key of your own",
            ),
            severity="medium",
            title="GKE encrypts Kubernetes secrets with a key in Cloud KMS.",
            why="With Google's key alone you cannot lock secrets away by disabling a key.",
            fix='Set database_encryption={"state": "ENCRYPTED", "key_name": key.id}.',
            opt_in=True,
        ),
        RuleRow(
            id="gke-cost-allocation",
            about=Setting(
                input=Input("costManagementConfig.enabled", omitted=False),
                refused=(False,),
                accepted=True,
                required=True,
                says="does not tell what its namespaces cost",
            ),
            severity="low",
            title="GKE tells what each namespace costs.",
            why="The bill knows the cluster alone, whoever fills it.",
            fix="Set cost_management_config.enabled=True.",
            remedy=sets(value=True),
            opt_in=True,
        ),
    ],
)


def _standard_cases(setting: Setting) -> Iterator[Case]:
    yield from cases_of(setting)
    yield case.undecided(enableAutopilot=case.UNKNOWN)
    yield case.passes(enableAutopilot=False, **setting.inputs(setting.accepted))
    yield case.not_applicable(enableAutopilot=True)


# Autopilot has both.
_OF_STANDARD = RuleTable(
    on=CONTAINER_CLUSTER,
    check=check_of,
    when=is_standard,
    cases=_standard_cases,
).rules(
    __name__,
    [
        RuleRow(
            id="gke-workload-identity",
            about=Setting(
                input=Input("workloadIdentityConfig.workloadPool", omitted=None),
                refused=(),
                accepted="shop.svc.id.goog",
                required=True,
                says="has no workload identity",
            ),
            severity="medium",
            title="GKE pods have identities of their own (Workload Identity).",
            why="Every pod acts as its node's account, with all roles that any of them needs.",
            fix='Set workload_identity_config.workload_pool to "PROJECT_ID.svc.id.goog".',
        ),
        RuleRow(
            id="gke-intranode-visibility",
            about=Setting(
                input=Input("enableIntranodeVisibility", omitted=False),
                refused=(False,),
                accepted=True,
                required=True,
                says="does not show traffic between pods of one node",
            ),
            severity="low",
            title="VPC flow logs see traffic between pods of one GKE node.",
            why="What a pod sends to its neighbour is in no log.",
            fix="Set enable_intranode_visibility=True.",
            controls=("checkov:CKV_GCP_61",),
            opt_in=True,
        ),
    ],
)

RULES = [*_OF_ALL, *_OF_STANDARD]
