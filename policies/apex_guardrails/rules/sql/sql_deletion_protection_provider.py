"""Cloud SQL deletion protection is on in the provider."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule, sets


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    fix="Do not set deletion_protection=False on the instance.",
    remedy=sets(value=True),
    level="advisory",
)
def sql_deletion_protection_provider(instance: Resource) -> Iterator[Violation]:
    """One `pulumi destroy` or a replacing change would drop the database."""
    # Omitted: protected: the provider's default.
    if instance.get("deletionProtection", omitted=True) is not True:
        yield instance.fail("can be deleted by Pulumi", at="deletionProtection")


CASES = [
    case.passes(deletionProtection=True),
    case.fails(deletionProtection=False),
    case.passes(),
    case.undecided(deletionProtection=case.UNKNOWN),
]
