"""Ingresses that the internet reaches have a certificate."""

from collections.abc import Iterator
from typing import Any, Final

from apex_guardrails.gcp.cluster_objects import INGRESSES, each_object, in_lists_too
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule
from apex_guardrails.model.view import View

_CLASS: Final = 'metadata.annotations["kubernetes.io/ingress.class"]'
_CERTIFICATES: Final = (
    'metadata.annotations["ingress.gcp.kubernetes.io/pre-shared-cert"]',
    'metadata.annotations["networking.gke.io/managed-certificates"]',
    'metadata.annotations["networking.gke.io/certmap"]',
)
"""Certificates of Google Cloud (GKE documentation, "Ingress for external Application Load
Balancers", 2026-11)."""

_INTERNAL: Final = "gce-internal"


@rule(
    severity="medium",
    on=INGRESSES,
    fix="Set spec.tls, or annotate it with networking.gke.io/managed-certificates.",
)
def kubernetes_ingress_tls(resource: Resource) -> Iterator[Violation]:
    """Passwords and sessions cross the internet in plain text."""
    return Stack.each(each_object(resource), _look)


def _look(ingress: View) -> Iterator[Violation]:
    if ingress.peek("spec.tls") or any(map(ingress.is_set, _CERTIFICATES)):
        return
    if _INTERNAL not in (ingress.get(_CLASS), ingress.get("spec.ingressClassName")):
        yield ingress.fail("serves plain HTTP alone", at="spec.tls")


def _annotated(path: str, value: Any) -> dict[str, Any]:
    return case.inputs_at(path, value)


_CASES = [
    case.fails(spec={"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}),
    case.passes(spec={"tls": [{"secretName": "web-tls"}]}),
    case.fails(),
    case.fails(spec={"tls": []}),
    case.passes(spec={"tls": UNKNOWN}),
    *(case.passes(**_annotated(path, "web")) for path in _CERTIFICATES),
    *(case.passes(**_annotated(path, UNKNOWN)) for path in _CERTIFICATES),
    case.passes(spec={"ingressClassName": _INTERNAL}),
    case.fails(spec={"ingressClassName": "nginx"}),
    case.undecided(spec={"ingressClassName": UNKNOWN}),
    case.passes(**_annotated(_CLASS, _INTERNAL)),
    case.fails(**_annotated(_CLASS, "gce")),
    case.undecided(**_annotated(_CLASS, UNKNOWN)),
]
CASES = list(in_lists_too(INGRESSES[2], _CASES))
