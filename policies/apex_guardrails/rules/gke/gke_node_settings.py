"""What GKE nodes are made with, as far as one input says it."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import NODES, WITH_NODES, is_standard, nodes_of
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case
from apex_guardrails.model.case import Case, Making
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
    yield case.passes(nodeConfig=good, clusterAutoscaling={"enabled": False})
    for value in setting.refused:
        yield case.fails(nodeConfig=setting.inputs(value))
    yield _left_out(setting)(description="shop")
    yield _unknown(setting)(nodeConfig=setting.inputs(case.UNKNOWN))
    for path in ("enableAutopilot", "nodePools", "removeDefaultNodePool"):
        yield case.undecided(**{path: case.UNKNOWN})
    yield case.undecided(clusterAutoscaling=case.UNKNOWN, removeDefaultNodePool=True)


def _cases(setting: Setting) -> Iterator[Case]:
    yield from _own_cases(setting)
    good, bad, unknown = map(setting.inputs, (setting.accepted, setting.refused[0], case.UNKNOWN))
    pool = CONTAINER_NODE_POOL
    yield case.passes(case.resource(pool, nodeConfig=good))
    yield case.fails(case.resource(pool, nodeConfig=bad))
    yield _left_out(setting)(case.resource(pool))
    yield _unknown(setting)(case.resource(pool, nodeConfig=unknown))
    yield case.passes(nodeConfig=bad, removeDefaultNodePool=True)
    yield case.fails(nodePools=[{NODES: unknown}, {}, {NODES: bad}])
    yield _unknown(setting)(nodePools=[{NODES: unknown}, {NODES: good}])
    yield case.not_applicable(enableAutopilot=True)


def _left_out(setting: Setting) -> Making:
    return case.fails if setting.required else case.passes


def _unknown(setting: Setting) -> Making:
    return case.undecided if setting.refused else case.passes


RULES = RuleTable(
    on=WITH_NODES,
    check=_check,
    when=is_standard,
    # Every row says its own.
    fix="",
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
    ],
)
