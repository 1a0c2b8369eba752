"""What a GKE cluster is told by one input."""

from collections.abc import Iterator

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.rules.families.settings import Setting
from apex_guardrails.rules.families.table import RuleRow, RuleTable


def _check(setting: Setting) -> Check:
    def check(cluster: Resource) -> Iterator[Violation]:
        yield from setting.violations(cluster)

    return check


def _cases(setting: Setting) -> Iterator[Case]:
    yield case.passes(**setting.inputs(setting.accepted))
    for value in setting.refused:
        yield case.fails(**setting.inputs(value))
    yield (case.fails if setting.required else case.passes)(description="shop")
    unknown = case.undecided if setting.refused else case.passes
    yield unknown(**setting.inputs(case.UNKNOWN))


# What is omitted: the provider's defaults, and GKE API, `clusters`; 2026-11.
RULES = RuleTable(
    on=CONTAINER_CLUSTER,
    check=_check,
    # Every row says its own.
    fix="",
    cases=_cases,
    own_cases=_cases,
).rules(
    __name__,
    [
        RuleRow(
            id="gke-no-legacy-abac",
            about=Setting(
                input=Input("enableLegacyAbac", omitted=False),
                refused=(True,),
                accepted=False,
                says="has legacy authorization (ABAC) enabled",
            ),
            severity="high",
            title="GKE clusters do not use legacy authorization (ABAC).",
            why="Every service account of the cluster may do anything in it, whatever RBAC says.",
            fix="Remove enable_legacy_abac=True, and grant roles by RBAC.",
            controls=("checkov:CKV_GCP_7", "trivy:GCP-0062"),
        ),
        RuleRow(
            id="gke-no-client-certificate",
            about=Setting(
                input=Input(
                    "masterAuth.clientCertificateConfig.issueClientCertificate", omitted=False
                ),
                refused=(True,),
                accepted=False,
                says="issues a client certificate",
            ),
            severity="high",
            title="GKE clusters issue no client certificate.",
            why="Nobody can revoke it before it expires, and its key lies in the state.",
            fix="Remove master_auth; people and programs sign in through IAM.",
            controls=("checkov:CKV_GCP_13", "trivy:GCP-0064"),
        ),
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
            controls=("checkov:CKV_GCP_71", "trivy:GCP-0055"),
        ),
    ],
)
