"""Cloud SQL deletion protection is on at the API level."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule, sets


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    fix="Set settings.deletion_protection_enabled=True.",
    remedy=sets(value=True),
    level="advisory",
)
def sql_deletion_protection_api(instance: Resource) -> Iterator[Violation]:
    """The provider-side flag does not stop a console or gcloud delete."""
    # Omitted: not protected (Cloud SQL Admin API, deletionProtectionEnabled).
    if instance.get("settings.deletionProtectionEnabled", omitted=False) is not True:
        yield instance.fail(
            "can be deleted through the API", at="settings.deletionProtectionEnabled"
        )


CASES = [
    case.passes(settings={"deletionProtectionEnabled": True}),
    case.fails(settings={"deletionProtectionEnabled": False}),
    case.fails(),
    case.fails(settings={}),
    case.undecided(settings={"deletionProtectionEnabled": case.UNKNOWN}),
]
