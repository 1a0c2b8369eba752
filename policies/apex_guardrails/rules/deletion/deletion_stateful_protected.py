"""Resources that hold data are protected from deletion."""

from collections.abc import Iterator

from apex_guardrails.gcp.deletion import is_kept
from apex_guardrails.model import Resource, Violation, case, rule

# What goes with its data as soon as Pulumi deletes it, and the protection that a type itself has.
# Left out is what another rule is about (Cloud SQL, AlloyDB, disks, projects), what is protected
# unless the program says otherwise (Redis, Memorystore, Bigtable, Spanner databases:
# deletion-protection-not-disabled), and what Google does not delete while there is something in it
# (buckets, datasets: deletion-no-force).
STATEFUL = {
    "gcp:filestore/instance:Instance": "deletionProtectionEnabled",
    "gcp:kms/cryptoKey:CryptoKey": None,
    "gcp:secretmanager/regionalSecret:RegionalSecret": "deletionProtection",
    "gcp:secretmanager/secret:Secret": "deletionProtection",
    "gcp:spanner/instance:Instance": None,
}


@rule(
    severity="high",
    on=tuple(STATEFUL),
    fix="Pass opts=ResourceOptions(protect=True), or deletion_protection=True where there is one.",
    level="advisory",
)
def deletion_stateful_protected(resource: Resource) -> Iterator[Violation]:
    """A new name means delete and create: the data is gone."""
    own = STATEFUL[resource.type.token]
    # Omitted: not protected (the provider's default for secrets; Filestore API, 2026-11).
    if is_kept(resource) or (own and resource.get(own, omitted=False) is True):
        return
    yield resource.fail("is deleted with its data when Pulumi replaces or destroys it")


SECRET, FILESTORE = "gcp:secretmanager/secret:Secret", "gcp:filestore/instance:Instance"
CASES = [
    *(case.fails(case.resource(token)) for token in STATEFUL),
    *(case.passes(case.resource(token, _protect=True)) for token in STATEFUL),
    *(case.passes(case.resource(token, deletionPolicy="PREVENT")) for token in STATEFUL),
    case.passes(case.resource(SECRET, deletionPolicy="ABANDON")),
    case.fails(case.resource(SECRET, deletionPolicy="DELETE")),
    case.fails(case.resource(SECRET, deletionPolicy="")),
    case.undecided(case.resource(SECRET, deletionPolicy=case.UNKNOWN)),
    case.passes(case.resource(SECRET, deletionPolicy=case.UNKNOWN, _protect=True)),
    case.passes(case.resource(SECRET, deletionProtection=True)),
    case.fails(case.resource(SECRET, deletionProtection=False)),
    case.undecided(case.resource(SECRET, deletionProtection=case.UNKNOWN)),
    case.passes(case.resource(FILESTORE, deletionProtectionEnabled=True)),
    case.fails(case.resource(FILESTORE, deletionProtectionEnabled=False)),
    case.undecided(case.resource(FILESTORE, deletionProtectionEnabled=case.UNKNOWN)),
]
