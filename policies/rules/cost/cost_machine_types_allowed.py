"""Machines and databases have one of the sizes that the stack may use."""

from collections.abc import Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from policies.model import Complaint, CostLimits, Resource, Spending, Stack, case, rule
from policies.model.google.machines import MACHINES

DATABASE = "gcp:sql/databaseInstance:DatabaseInstance"
NODE_POOL = "gcp:container/nodePool:NodePool"
CONNECTOR = "gcp:vpcaccess/connector:Connector"
# By type, the input with the size, and what it is when it is omitted: "" is not judged, because
# Google refuses it, or it is a template's or a source instance's.
SIZES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(MACHINES, ("machineType", "")),
    DATABASE: ("settings.tier", ""),
    # Google's default (GKE API, NodeConfig, 2026-11).
    NODE_POOL: ("nodeConfig.machineType", "e2-medium"),
    # The provider's default.
    CONNECTOR: ("machineType", "e2-micro"),
}


@rule(
    severity="medium",
    on=tuple(SIZES),
    scope="stack",
    when=lambda stack: stack.spending.limits.machine_types is not None,
    fix="Use one of the machine types in cost.machine_types of policy-pack.yaml, or add this one.",
    level="mandatory",
)
def cost_machine_types_allowed(stack: Stack) -> Iterator[Complaint]:
    """A machine that is larger than a stack needs costs its price every month, used or not."""
    patterns = stack.spending.limits.machine_types or ()

    def check(resource: Resource) -> Iterator[Complaint]:
        path, omitted = SIZES[resource.type.token]
        # A machine type may be a URL.
        size = str(resource.get(path, omitted=omitted)).rpartition("/")[2]
        if size and not any(fnmatchcase(size, pattern) for pattern in patterns):
            yield resource.fail(f"{size} is none of the machine types of this stack", at=path)

    yield from stack.each(stack.of_type(*SIZES), check)


def _of(*patterns: str) -> Spending:
    return Spending(CostLimits(machine_types=patterns))


def _sized(token: str, size: Any) -> case.CaseResource:
    inputs: Any = size
    for step in reversed(SIZES[token][0].split(".")):
        inputs = {step: inputs}
    return case.resource(token, **inputs)


SMALL = _of("e2-*", "db-f1-micro")
TOKENS = tuple(SIZES)
CASES = [
    *(case.passes(_sized(token, "e2-small"), _spending=SMALL) for token in TOKENS),
    *(case.fails(_sized(token, "n2-standard-8"), _spending=SMALL) for token in TOKENS),
    *(case.undecided(_sized(token, case.UNKNOWN), _spending=SMALL) for token in TOKENS),
    case.passes(_sized(DATABASE, "db-f1-micro"), _spending=SMALL),
    *(case.passes(case.resource(token), _spending=_of("n2-*")) for token in (*MACHINES, DATABASE)),
    case.passes(case.resource(NODE_POOL), _spending=_of("e2-medium")),
    case.fails(case.resource(NODE_POOL), _spending=_of("e2-micro")),
    case.passes(case.resource(CONNECTOR), _spending=_of("e2-micro")),
    case.fails(case.resource(CONNECTOR), _spending=_of("e2-medium")),
    case.passes(_sized(MACHINES[0], "zones/z/machineTypes/e2-small"), _spending=SMALL),
    case.fails(_sized(MACHINES[0], "zones/z/machineTypes/n2-standard-8"), _spending=SMALL),
    case.fails(_sized(MACHINES[0], case.UNKNOWN), _sized(DATABASE, "db-g1-small"), _spending=SMALL),
    case.passes(_spending=SMALL),
    case.not_applicable(
        _sized(MACHINES[0], "n2-standard-8"), _spending=Spending(CostLimits(budget=Decimal(1)))
    ),
]
