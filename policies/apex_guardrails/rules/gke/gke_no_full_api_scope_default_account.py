"""GKE nodes with the default service account do not have the cloud-platform scope."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import WITH_NODES, is_standard, nodes_of, run_as_default
from apex_guardrails.gcp.types import CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.model.view import View

FULL = ("cloud-platform", "https://www.googleapis.com/auth/cloud-platform")


@rule(
    severity="critical",
    on=WITH_NODES,
    when=is_standard,
    fix="Set node_config.service_account to a dedicated account; its roles then say what it may.",
)
def gke_no_full_api_scope_default_account(resource: Resource) -> Iterator[Violation]:
    """Every pod can fetch a token that may do nearly anything in the project."""

    def check(nodes: View) -> Iterator[Violation]:
        if not run_as_default(nodes):
            return
        # Omitted: to read images, to write logs and metrics (GKE, "access scopes", 2026-11).
        for scope in nodes.each("oauthScopes"):
            if scope.get("") in FULL:
                yield scope.fail("gives the default service account the cloud-platform scope")

    yield from resource.stack.each(nodes_of(resource), check)


OWN = {"serviceAccount": "nodes@p.iam.gserviceaccount.com", "oauthScopes": [FULL[1]]}
UNKNOWN_SCOPES = {"oauthScopes": case.UNKNOWN}
CASES = [
    case.passes(nodeConfig=OWN, clusterAutoscaling={"enabled": False}),
    case.passes(nodeConfig={"oauthScopes": ["logging-write"]}),
    case.passes(),
    case.passes(removeDefaultNodePool=True, nodeConfig={"oauthScopes": [FULL[0]]}),
    case.fails(nodeConfig={"oauthScopes": ["logging-write", FULL[1]]}),
    case.fails(
        nodePools=[{"nodeConfig": UNKNOWN_SCOPES}, {}, {"nodeConfig": {"oauthScopes": [FULL[0]]}}]
    ),
    case.fails(case.resource(CONTAINER_NODE_POOL, nodeConfig={"oauthScopes": [FULL[0]]})),
    case.undecided(nodeConfig=UNKNOWN_SCOPES),
    case.undecided(nodePools=[{"nodeConfig": UNKNOWN_SCOPES}]),
    *(
        case.undecided(**case.inputs_at(path, case.UNKNOWN))
        for path in ("enableAutopilot", "nodePools", "removeDefaultNodePool", "clusterAutoscaling")
    ),
    case.not_applicable(enableAutopilot=True),
]
