"""External backend services log requests."""

from collections.abc import Iterator

from apex_guardrails.gcp.load_balancers import is_external
from apex_guardrails.gcp.types import COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE
from apex_guardrails.model import Resource, Violation, case, rule, sets_by_name


@rule(
    severity="medium",
    on=(COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE),
    controls=["cis-gcp-4.0:2.16"],
    when=is_external,
    fix="Set log_config enable=True, sample_rate=1.0.",
    remedy=sets_by_name({"enable": True, "sampleRate": 1}),
)
def lb_backend_logging_enabled(backend: Resource) -> Iterator[Violation]:
    """Without logs, attacks leave no trace."""
    if backend.get("logConfig.enable", omitted=False) is not True:
        yield backend.fail("logs no requests", at="logConfig.enable")
    # Omitted: all of them are logged (Compute Engine API, backendServices, 2026-11).
    elif backend.get("logConfig.sampleRate") == 0:
        yield backend.fail("logs no requests: its sample rate is 0", at="logConfig.sampleRate")


CASES = [
    case.passes(logConfig={"enable": True}),
    case.passes(logConfig={"enable": True, "sampleRate": 0.1}),
    case.not_applicable(loadBalancingScheme="INTERNAL_SELF_MANAGED"),
    case.not_applicable(case.resource(COMPUTE_REGION_BACKEND_SERVICE)),
    case.fails(
        case.resource(COMPUTE_REGION_BACKEND_SERVICE, loadBalancingScheme="EXTERNAL_MANAGED")
    ),
    case.fails(loadBalancingScheme="EXTERNAL", logConfig={"enable": False}),
    case.fails(logConfig={"enable": True, "sampleRate": 0}),
    case.fails(logConfig={}),
    case.fails(),
    case.undecided(loadBalancingScheme=case.UNKNOWN),
    case.undecided(logConfig={"enable": case.UNKNOWN}),
    case.undecided(logConfig={"enable": True, "sampleRate": case.UNKNOWN}),
    case.undecided(case.resource(COMPUTE_REGION_BACKEND_SERVICE, loadBalancingScheme=case.UNKNOWN)),
]
