"""GKE repairs and upgrades nodes."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import WITH_NODES, is_standard, pools_of
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.rules.families.settings import Setting
from apex_guardrails.rules.families.table import RuleRow, RuleTable


def _check(setting: Setting) -> Check:
    def check(resource: Resource) -> Iterator[Violation]:
        yield from resource.stack.each(pools_of(resource), setting.violations)

    return check


def _cases(setting: Setting) -> Iterator[Case]:
    good, bad, not_known = map(setting.inputs, (True, False, case.UNKNOWN))
    yield case.passes(case.resource(CONTAINER_NODE_POOL, **good))
    yield case.passes(case.resource(CONTAINER_NODE_POOL))
    yield case.fails(case.resource(CONTAINER_NODE_POOL, **bad))
    yield case.undecided(case.resource(CONTAINER_NODE_POOL, **not_known))
    yield case.passes(nodePools=[{}, good], clusterAutoscaling={"enabled": False})
    yield case.fails(nodePools=[not_known, {}, bad])
    yield case.undecided(nodePools=[not_known])
    yield case.fails(clusterAutoscaling={"enabled": True, "autoProvisioningDefaults": bad})
    yield case.passes(clusterAutoscaling={"autoProvisioningDefaults": bad})
    for path in ("enableAutopilot", "nodePools", "clusterAutoscaling"):
        yield case.undecided(**case.inputs_at(path, case.UNKNOWN))
    provisioned = {"enabled": True, "autoProvisioningDefaults": not_known}
    yield case.undecided(clusterAutoscaling=provisioned)
    provisioned = {"enabled": True, "autoProvisioningDefaults": good}
    yield case.passes(clusterAutoscaling=provisioned)
    yield case.passes(clusterAutoscaling={"enabled": True})
    yield case.not_applicable(enableAutopilot=True)


# What is omitted: the provider's defaults; of pools that GKE adds, the API's; 2026-11.
RULES = RuleTable(
    on=WITH_NODES,
    check=_check,
    when=is_standard,
    cases=_cases,
).rules(
    __name__,
    [
        RuleRow(
            id="gke-node-auto-repair",
            about=Setting(
                input=Input("management.autoRepair", omitted=True),
                refused=(False,),
                accepted=True,
                says="does not repair its nodes",
            ),
            severity="low",
            title="GKE repairs nodes that fail.",
            why="A broken node keeps its pods down until somebody notices.",
            fix="Remove management.auto_repair=False.",
            controls=("checkov:CKV_GCP_9", "trivy:GCP-0063"),
        ),
        RuleRow(
            id="gke-node-auto-upgrade",
            about=Setting(
                input=Input("management.autoUpgrade", omitted=True),
                refused=(False,),
                accepted=True,
                says="does not upgrade its nodes",
            ),
            severity="medium",
            title="GKE upgrades nodes.",
            why="Nodes keep holes that are known and mended.",
            fix="Remove management.auto_upgrade=False; a maintenance window says when.",
            controls=("checkov:CKV_GCP_10", "trivy:GCP-0058"),
        ),
    ],
)
