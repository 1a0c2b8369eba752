"""AlloyDB clusters are protected from deletion."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ALLOYDB_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=ALLOYDB_CLUSTER,
    fix="Keep deletion_protection=True.",
    level="advisory",
)
def alloydb_deletion_protection(cluster: Resource) -> Iterator[Violation]:
    """One `pulumi destroy` removes every instance and backup."""
    # Omitted: protected: the provider's default.
    if cluster.get("deletionProtection", omitted=True) is not True:
        yield cluster.fail("can be deleted by Pulumi", at="deletionProtection")


CASES = [
    case.passes(deletionProtection=True),
    case.fails(deletionProtection=False),
    case.passes(),
    case.undecided(deletionProtection=case.UNKNOWN),
]
