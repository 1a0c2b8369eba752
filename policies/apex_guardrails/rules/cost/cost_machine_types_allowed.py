"""Machines and databases use an allowed machine type."""

from collections.abc import Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.machines import CONNECTOR_MACHINE, MACHINES, NODE_MACHINE
from apex_guardrails.gcp.types import (
    ALLOYDB_INSTANCE,
    CONTAINER_CLUSTER,
    CONTAINER_NODE_POOL,
    SQL_DATABASE_INSTANCE,
    VPCACCESS_CONNECTOR,
)
from apex_guardrails.model import CostLimits, Resource, Spending, Stack, View, Violation, case, rule

ALLOYDB_MACHINE = "machineConfig.machineType"
ALLOYDB_CPUS = "machineConfig.cpuCount"
# By type, the input with the size, and what it is when it is omitted: "" is not judged, because
# Google refuses it, or it is a template's or a source instance's, or follows from something else.
SIZES = {
    **dict.fromkeys(MACHINES, Input("machineType", omitted="")),
    SQL_DATABASE_INSTANCE: Input("settings.tier", omitted=""),
    ALLOYDB_INSTANCE: Input(ALLOYDB_MACHINE, omitted=""),
    CONTAINER_CLUSTER: NODE_MACHINE,
    CONTAINER_NODE_POOL: NODE_MACHINE,
    VPCACCESS_CONNECTOR: CONNECTOR_MACHINE,
}


@rule(
    severity="medium",
    on=tuple(SIZES),
    scope="stack",
    when=lambda stack: stack.spending.limits.machine_types is not None,
    fix="Use one of cost.machine_types in policy-pack.yaml, or add this one.",
    level="mandatory",
)
def cost_machine_types_allowed(stack: Stack) -> Iterator[Violation]:
    """An oversized machine costs its full price every month, used or not."""
    patterns = stack.spending.limits.machine_types or ()

    def check(place: View) -> Iterator[Violation]:
        path, size = _size(place)
        if size and not any(fnmatchcase(size, pattern) for pattern in patterns):
            yield place.fail(f"{size} is not an allowed machine type for this stack", at=path)

    yield from stack.each(
        stack.of_type(*SIZES), lambda resource: stack.each(_places(resource), check)
    )


def _size(place: View) -> tuple[str, str]:
    """The path of a machine type, and itself."""
    size = SIZES[place.resource.type.token]
    cpus = place.get(ALLOYDB_CPUS) if size.path == ALLOYDB_MACHINE else None
    if cpus is not None and not place.is_set(size.path):
        # The machine that AlloyDB takes for a number of CPUs (its documentation, 2026-11).
        return ALLOYDB_CPUS, f"n2-highmem-{cpus}"
    # A machine type may be a URL.
    return size.path, str(size.get(place)).rpartition("/")[2]


def _places(resource: Resource) -> Iterator[View]:
    """What has a machine type: the resource, or the pools of nodes that a cluster defines."""
    # In Autopilot machines are Google's matter, and billed by what runs on them.
    if resource.type.token != CONTAINER_CLUSTER:
        yield resource
    elif resource.get("enableAutopilot") is True:
        return
    elif resource.get("nodePools"):
        yield from resource.each("nodePools")
    elif resource.get("removeDefaultNodePool") is not True:
        yield resource


def _of(*patterns: str) -> Spending:
    return Spending(CostLimits(machine_types=patterns))


def _sized(token: str, size: Any) -> case.CaseResource:
    return case.resource(token, **case.inputs_at(SIZES[token].path, size))


def _cluster(**inputs: Any) -> case.CaseResource:
    return case.resource(CONTAINER_CLUSTER, **inputs)


def _with_pools(*sizes: Any) -> case.CaseResource:
    return _cluster(nodePools=[{"nodeConfig": {"machineType": it}} for it in sizes])


SMALL = _of("e2-*", "db-f1-micro")
TOKENS = tuple(SIZES)
CASES = [
    *(case.passes(_sized(token, "e2-small"), _spending=SMALL) for token in TOKENS),
    *(case.fails(_sized(token, "n2-standard-8"), _spending=SMALL) for token in TOKENS),
    *(case.undecided(_sized(token, case.UNKNOWN), _spending=SMALL) for token in TOKENS),
    case.passes(_sized(SQL_DATABASE_INSTANCE, "db-f1-micro"), _spending=SMALL),
    case.fails(_sized(SQL_DATABASE_INSTANCE, "db-custom-4-16384"), _spending=SMALL),
    *(
        case.passes(case.resource(token), _spending=_of("n2-*"))
        for token in (*MACHINES, SQL_DATABASE_INSTANCE, ALLOYDB_INSTANCE)
    ),
    *(
        case.passes(case.resource(token), _spending=_of("e2-medium"))
        for token in (CONTAINER_NODE_POOL, CONTAINER_CLUSTER)
    ),
    *(
        case.fails(case.resource(token), _spending=_of("e2-micro"))
        for token in (CONTAINER_NODE_POOL, CONTAINER_CLUSTER)
    ),
    case.passes(_with_pools("e2-small", "e2-medium"), _spending=SMALL),
    case.fails(_with_pools("e2-small", "n2-standard-8"), _spending=SMALL),
    case.fails(_with_pools(case.UNKNOWN, "n2-standard-8"), _spending=SMALL),
    case.undecided(_with_pools("e2-small", case.UNKNOWN), _spending=SMALL),
    case.fails(_cluster(nodePools=[]), _spending=_of("e2-micro")),
    case.fails(_cluster(nodePools=[{}]), _spending=_of("e2-micro")),
    case.passes(_cluster(enableAutopilot=True), _spending=_of("e2-micro")),
    case.fails(_cluster(enableAutopilot=False), _spending=_of("e2-micro")),
    case.passes(_cluster(removeDefaultNodePool=True), _spending=_of("e2-micro")),
    case.fails(_cluster(removeDefaultNodePool=False), _spending=_of("e2-micro")),
    *(
        case.undecided(_cluster(**{path: case.UNKNOWN}), _spending=SMALL)
        for path in ("enableAutopilot", "nodePools", "removeDefaultNodePool")
    ),
    case.passes(case.resource(VPCACCESS_CONNECTOR), _spending=_of("e2-micro")),
    case.fails(case.resource(VPCACCESS_CONNECTOR), _spending=_of("e2-medium")),
    case.passes(
        case.resource(ALLOYDB_INSTANCE, machineConfig={"cpuCount": 2}), _spending=_of("*-2")
    ),
    case.passes(
        case.resource(ALLOYDB_INSTANCE, machineConfig={"cpuCount": 2}),
        _spending=_of("n2-highmem-2"),
    ),
    case.fails(
        case.resource(ALLOYDB_INSTANCE, machineConfig={"cpuCount": 4}), _spending=_of("*-2")
    ),
    case.undecided(
        case.resource(ALLOYDB_INSTANCE, machineConfig={"cpuCount": case.UNKNOWN}), _spending=SMALL
    ),
    case.fails(
        case.resource(
            ALLOYDB_INSTANCE, machineConfig={"cpuCount": 2, "machineType": "c4a-highmem-4"}
        ),
        _spending=_of("*-2"),
    ),
    case.passes(_sized(MACHINES[0], "zones/z/machineTypes/e2-small"), _spending=SMALL),
    case.fails(_sized(MACHINES[0], "zones/z/machineTypes/n2-standard-8"), _spending=SMALL),
    case.fails(
        _sized(MACHINES[0], case.UNKNOWN),
        _sized(SQL_DATABASE_INSTANCE, "db-g1-small"),
        _spending=SMALL,
    ),
    case.passes(_spending=SMALL),
    case.not_applicable(
        _sized(MACHINES[0], "n2-standard-8"), _spending=Spending(CostLimits(budget=Decimal(1)))
    ),
]
