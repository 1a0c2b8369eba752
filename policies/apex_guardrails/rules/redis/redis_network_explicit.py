"""Memorystore for Redis names a VPC other than default."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import REDIS_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=REDIS_INSTANCE,
    fix="Set authorized_network=network.id.",
)
def redis_network_explicit(instance: Resource) -> Iterator[Violation]:
    """If it is left out, the instance is in the default network."""
    # A name that is not known is another resource's output, and the default network has none.
    # Omitted: Google uses the project's network "default".
    network = instance.peek("authorizedNetwork", omitted="default")
    if str(network).rpartition("/")[2] in ("", "default"):
        yield instance.fail("uses the default network", at="authorizedNetwork")


CASES = [
    case.passes(authorizedNetwork="projects/p/global/networks/vpc"),
    case.passes(authorizedNetwork="not-the-default"),
    case.fails(authorizedNetwork="projects/p/global/networks/default"),
    case.fails(authorizedNetwork="default"),
    case.fails(authorizedNetwork=""),
    case.fails(),
    case.passes(authorizedNetwork=case.UNKNOWN),
    case.passes(case.resource(None, authorizedNetwork="vpc")),
]
