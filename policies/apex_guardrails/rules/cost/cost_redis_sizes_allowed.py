"""Redis is within its size limits where machine types are limited."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from apex_guardrails.gcp.memorystore import CLUSTER_NODE, REDIS_TIER
from apex_guardrails.gcp.types import MEMORYSTORE_INSTANCE, REDIS_CLUSTER, REDIS_INSTANCE
from apex_guardrails.model import (
    CostLimits,
    Looser,
    Parameters,
    Resource,
    Spending,
    Stack,
    Violation,
    case,
    rule,
)

CLUSTERS = (REDIS_CLUSTER, MEMORYSTORE_INSTANCE)


class RedisSizes(Parameters):
    """What Redis may have where machine types are limited."""

    memory_gb: Annotated[int, Looser.MORE] = Field(
        5, ge=1, description="The most GiB of an instance."
    )
    tiers: Annotated[tuple[str, ...], Looser.MORE] = Field(
        ("BASIC", "STANDARD_HA"), description="The tiers of instances that may be used."
    )
    node_types: Annotated[tuple[str, ...], Looser.MORE] = Field(
        ("SHARED_CORE_NANO", "STANDARD_SMALL"),
        description="The types of a cluster's nodes, without REDIS_.",
    )
    shards: Annotated[int, Looser.MORE] = Field(
        3, ge=1, description="The most shards of a cluster."
    )


@rule(
    severity="medium",
    on=(REDIS_INSTANCE, *CLUSTERS),
    scope="stack",
    when=lambda stack: stack.spending.limits.machine_types is not None,
    fix="Choose a smaller size, or raise the rule's parameters in policy-pack.yaml.",
    level="mandatory",
    parameters=RedisSizes,
)
def cost_redis_sizes_allowed(stack: Stack, allowed: RedisSizes) -> Iterator[Violation]:
    """Provisioned memory is billed whether or not it is used."""

    def check(redis: Resource) -> Iterator[Violation]:
        if redis.type.token == REDIS_INSTANCE:
            size, kinds = REDIS_TIER, allowed.tiers
            yield from _at_most(redis, "memorySizeGb", allowed.memory_gb, "GiB")
        else:
            size, kinds = CLUSTER_NODE, allowed.node_types
            yield from _at_most(redis, "shardCount", allowed.shards, "shards")
        kind = str(size.get(redis)).removeprefix("REDIS_")
        if kind not in kinds:
            yield redis.fail(f"{kind} is not allowed in this stack", at=size.path)

    yield from stack.each(stack.of_type(REDIS_INSTANCE, *CLUSTERS), check)


def _at_most(redis: Resource, path: str, most: int, unit: str) -> Iterator[Violation]:
    size = redis.get(path)
    if isinstance(size, int | float) and size > most:
        yield redis.fail(f"has {size:g} {unit}, but this stack allows at most {most}", at=path)


SMALL = Spending(CostLimits(machine_types=("e2-*",)))


def _instance(gib: Any, **more: Any) -> case.CaseResource:
    return case.resource(REDIS_INSTANCE, memorySizeGb=gib, **more)


def _cluster(token: str, shards: Any, **more: Any) -> case.CaseResource:
    return case.resource(token, shardCount=shards, **more)


SMALL_NODE = {"nodeType": "SHARED_CORE_NANO"}
CASES = [
    case.passes(_instance(5), _spending=SMALL),
    case.fails(_instance(6), _spending=SMALL),
    case.passes(_instance(5, tier="STANDARD_HA"), _spending=SMALL),
    case.fails(_instance(1), _spending=SMALL, _parameters={"tiers": ["STANDARD_HA"]}),
    case.fails(_instance(1, tier="STANDARD_HA"), _spending=SMALL, _parameters={"tiers": ["BASIC"]}),
    case.passes(_instance(6), _spending=SMALL, _parameters={"memory_gb": 6}),
    case.passes(case.resource(REDIS_INSTANCE), _spending=SMALL),
    *(
        made
        for token in CLUSTERS
        for made in (
            case.passes(_cluster(token, 3, **SMALL_NODE), _spending=SMALL),
            case.passes(_cluster(token, 3, nodeType="REDIS_STANDARD_SMALL"), _spending=SMALL),
            case.fails(_cluster(token, 4, **SMALL_NODE), _spending=SMALL),
            case.fails(_cluster(token, 3), _spending=SMALL),
            case.passes(case.resource(token, nodeType="SHARED_CORE_NANO"), _spending=SMALL),
            case.passes(
                _cluster(token, 3), _spending=SMALL, _parameters={"node_types": ["HIGHMEM_MEDIUM"]}
            ),
            case.passes(
                _cluster(token, 4, **SMALL_NODE), _spending=SMALL, _parameters={"shards": 4}
            ),
            case.undecided(_cluster(token, case.UNKNOWN, **SMALL_NODE), _spending=SMALL),
            case.undecided(_cluster(token, 1, nodeType=case.UNKNOWN), _spending=SMALL),
        )
    ),
    case.undecided(_instance(case.UNKNOWN), _spending=SMALL),
    case.undecided(_instance(1, tier=case.UNKNOWN), _spending=SMALL),
    case.fails(_instance(case.UNKNOWN), _instance(6), _spending=SMALL),
    case.fails(_instance(case.UNKNOWN), _cluster(CLUSTERS[0], 4, **SMALL_NODE), _spending=SMALL),
    case.passes(_spending=SMALL),
    case.not_applicable(_instance(300), _spending=Spending(CostLimits(budget=Decimal(1)))),
]
