"""GKE clusters do not choose to accept roles for everybody."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule

EVERYBODY = {
    "enableInsecureBindingSystemAuthenticated": "with a Google account",
    "enableInsecureBindingSystemUnauthenticated": "signed in or not",
}


@rule(
    severity="medium",
    on=CONTAINER_CLUSTER,
    fix="Remove rbac_binding_config, or set what it enables to False.",
)
def gke_no_bindings_for_everybody(cluster: Resource) -> Iterator[Violation]:
    """One binding is enough then, and everybody is in the cluster."""
    for name, who in EVERYBODY.items():
        path = f"rbacBindingConfig.{name}"
        # Omitted: GKE's choice, of which two rules that are off by default speak.
        if cluster.get(path) is True:
            yield cluster.fail(f"accepts roles for everybody, {who}", at=path)


def _bindings(value: object) -> list[case.CaseResource]:
    return [case.resource(None, rbacBindingConfig={name: value}) for name in EVERYBODY]


CASES = [
    case.passes(description="shop"),
    *map(case.passes, _bindings(value=False)),
    *map(case.fails, _bindings(value=True)),
    *map(case.undecided, _bindings(case.UNKNOWN)),
]
