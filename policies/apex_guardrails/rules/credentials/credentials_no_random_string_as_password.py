"""Passwords are generated with RandomPassword, whose result is encrypted in the state."""

from collections.abc import Iterator

from apex_guardrails.gcp.credential_inputs import credential_paths, takes_credentials
from apex_guardrails.gcp.types import ALLOYDB_CLUSTER, SECRETMANAGER_SECRET_VERSION, SQL_USER
from apex_guardrails.model import Origin, Resource, Violation, case, rule
from apex_guardrails.rules.families.generated_passwords import RANDOM_PASSWORD

PLAIN = (
    "random:index/randomString:RandomString",
    "random:index/randomId:RandomId",
    "random:index/randomPet:RandomPet",
    "random:index/randomUuid:RandomUuid",
)


@rule(
    severity="high",
    on=takes_credentials,
    fix="Use random.RandomPassword, or random.RandomBytes for a key.",
)
def credentials_no_random_string_as_password(resource: Resource) -> Iterator[Violation]:
    """Other random resources show their result in previews and store it in plain text."""
    for path in credential_paths(resource):
        # A name among other things, such as a URL with a password, does no harm.
        if (
            any(resource.referred(path, *PLAIN))
            and not resource.refers_to(path, RANDOM_PASSWORD)
            and resource.origin(path) is Origin.COMPUTED
        ):
            yield resource.fail("uses a random value that is stored in plain text", at=path)


RANDOM = case.resource(PLAIN[0], "random", length=32)
CASES = [
    case.passes(case.resource(SQL_USER)),
    case.passes(case.resource(SQL_USER, password=case.secret(case.SECRET_CONFIG))),
    case.passes(case.resource(SQL_USER, password=case.UNKNOWN)),
    case.passes(case.resource(SQL_USER, name=case.output_of("random")), RANDOM),
    case.passes(
        case.resource(SQL_USER, password=case.output_of("password")),
        case.resource(RANDOM_PASSWORD, "password", length=32),
    ),
    case.passes(
        case.resource(
            ALLOYDB_CLUSTER,
            initialUser={
                "user": case.output_of("random"),
                "password": case.secret(case.SECRET_CONFIG),
            },
        ),
        RANDOM,
    ),
    case.passes(
        case.resource(
            ALLOYDB_CLUSTER,
            initialUser={
                "user": case.output_of("random"),
                "password": case.output_of("password"),
            },
        ),
        RANDOM,
        case.resource(RANDOM_PASSWORD, "password", length=32),
    ),
    *(
        case.fails(
            case.resource(SQL_USER, password=case.output_of("random")),
            case.resource(random, "random"),
        )
        for random in PLAIN
    ),
    case.fails(case.resource(SQL_USER, passwordWo=case.output_of("random")), RANDOM),
    case.fails(
        case.resource(SECRETMANAGER_SECRET_VERSION, secretData=case.output_of("random")), RANDOM
    ),
]
