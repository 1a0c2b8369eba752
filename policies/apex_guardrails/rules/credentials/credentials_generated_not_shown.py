"""Generated and retrieved secrets are passed only to inputs that are made for secrets."""

from collections.abc import Iterator

from apex_guardrails.gcp.secret_outputs import OF_RESOURCES
from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    CLOUDRUNV2_SERVICE,
    CLOUDSCHEDULER_JOB,
    COMPUTE_INSTANCE,
    CONTAINER_CLUSTER,
    PARAMETERMANAGER_PARAMETER_VERSION,
    REDIS_INSTANCE,
    SECRETMANAGER_SECRET,
    SECRETMANAGER_SECRET_VERSION,
    SQL_USER,
    STORAGE_BUCKET_OBJECT,
    WORKFLOWS_WORKFLOW,
)
from apex_guardrails.model import Stack, Violation, case, rule
from apex_guardrails.rules.families.generated_passwords import (
    GENERATORS,
    KEY_PAIR,
    RANDOM_PASSWORD,
    shown_passwords,
)


@rule(
    severity="critical",
    on=tuple(OF_RESOURCES),
    scope="stack",
    when=lambda stack: any(stack.of_type(*OF_RESOURCES)) or _has_retrieved(stack),
    fix="Store it in a secretmanager.SecretVersion, and refer to that.",
)
def credentials_generated_not_shown(stack: Stack) -> Iterator[Violation]:
    """Anyone who can view the resource can read the secret."""
    for resource, path, what in shown_passwords(stack):
        yield resource.fail(f"exposes {what}", at=path)


def _has_retrieved(stack: Stack) -> bool:
    """Whether something comes from a function that answers with a secret."""
    return any(resource.secret_origins for resource in stack)


PASSWORD = case.resource(RANDOM_PASSWORD, "password", length=32)
SECRET = case.resource(SECRETMANAGER_SECRET, "secret", secretId="s")
VALUE = case.output_of("password")
OTHER = case.output_of("secret")
TEXT = "correct-horse-1"
DEPLOYED = case.resource(
    RANDOM_PASSWORD,
    "password",
    length=15,
    _outputs={"length": 15, "result": TEXT, "bcryptHash": "a-hash-of-it", "id": "none"},
)
SHORT = case.resource(RANDOM_PASSWORD, "password", length=4, _outputs={"result": "1234"})


def _known(text: object = TEXT) -> case.OutputOf:
    """What is made from the password that is deployed."""
    return case.output_of("password", text)


def _service(**variables: object) -> case.CaseResource:
    entries = [{"name": name, "value": value} for name, value in variables.items()]
    return case.resource(CLOUDRUNV2_SERVICE, template={"containers": [{"envs": entries}]})


PAIR = case.resource(KEY_PAIR, "pair", algorithm="ED25519")
OF_PAIR = case.output_of("pair")
CACHE = case.resource(REDIS_INSTANCE, "cache")
AUTH = case.secret_of(REDIS_INSTANCE, "authString", "cache")
DEPLOYED_CACHE = case.resource(
    REDIS_INSTANCE, "cache", memorySizeGb=1, _outputs={"host": "cache.example", "authString": TEXT}
)
ANSWER = case.secret_of("gcp:secretmanager/getSecretVersion:getSecretVersion", "secretData")
DEPLOYED_CLUSTER = case.resource(
    CONTAINER_CLUSTER,
    "c",
    _outputs={"masterAuth": {"clientKey": TEXT, "clientCertificate": "one-of-it"}},
)
CASES = [
    # A resource with other outputs: which one it is, or its value, tells.
    case.passes(_service(HOST=case.output_of("cache")), CACHE),
    case.passes(_service(TLS_KEY=case.output_of("cache")), CACHE),
    case.passes(
        _service(HOST=case.output_of("cache", "cache.example")),
        case.resource(REDIS_INSTANCE, "cache", memorySizeGb=1, _outputs={"authString": 15}),
    ),
    case.fails(_service(SETTING=AUTH), CACHE),
    case.fails(_service(SETTING=AUTH, HOST=case.output_of("cache")), CACHE),
    case.fails(case.resource(STORAGE_BUCKET_OBJECT, content=AUTH), CACHE),
    case.passes(case.resource(SECRETMANAGER_SECRET_VERSION, secretData=AUTH), CACHE),
    case.passes(_service(AUTH_CHECKSUM=AUTH), CACHE),
    case.passes(_service(HOST=case.output_of("cache", "cache.example")), DEPLOYED_CACHE),
    case.fails(_service(SETTING=case.output_of("cache", f"x {TEXT}")), DEPLOYED_CACHE),
    case.passes(_service(SETTING=case.output_of("c", "one-of-it")), DEPLOYED_CLUSTER),
    case.fails(_service(SETTING=case.output_of("c", TEXT)), DEPLOYED_CLUSTER),
    case.passes(_service(SETTING=case.output_of("c", "?")), case.resource(CONTAINER_CLUSTER, "c")),
    case.fails(_service(SETTING=ANSWER)),
    case.passes(case.resource(SQL_USER, password=ANSWER)),
    # Another rule says so by the variable's name.
    case.passes(_service(DB_PASSWORD=ANSWER)),
    # It is said once.
    case.fails(_service(SETTING=case.secret_of(RANDOM_PASSWORD, "result", "password")), PASSWORD),
    # Of a pair of keys the name tells which one it is.
    case.passes(_service(SSH_KEY=OF_PAIR, PUBLIC_KEY=OF_PAIR), PAIR),
    case.passes(case.resource(COMPUTE_INSTANCE, metadata={"ssh-keys": OF_PAIR}), PAIR),
    case.passes(case.resource(SECRETMANAGER_SECRET_VERSION, secretData=OF_PAIR), PAIR),
    case.passes(case.resource(SQL_USER, password=OF_PAIR), PAIR),
    case.fails(_service(TLS_KEY=OF_PAIR), PAIR),
    # Another resource makes that key: other rules are about it.
    case.passes(_service(TLS_KEY=OTHER), PAIR, SECRET),
    case.fails(_service(SERVER_KEY_PEM=OF_PAIR, HOST=OTHER), PAIR, SECRET),
    # Another rule says so by the variable's name.
    case.passes(_service(PRIVATE_KEY=OF_PAIR), PAIR),
    case.not_applicable(_service(SETTING=case.UNKNOWN)),
    case.passes(PASSWORD),
    case.passes(case.resource(SQL_USER, password=VALUE), PASSWORD),
    case.passes(case.resource(SECRETMANAGER_SECRET_VERSION, secretData=VALUE), PASSWORD),
    case.passes(case.resource("kubernetes:core/v1:Secret", stringData={"p": VALUE}), PASSWORD),
    case.passes(_service(SECRET=OTHER), PASSWORD, SECRET),
    # What is made from it without showing it.
    case.passes(
        case.resource(CLOUDRUNV2_SERVICE, template={"annotations": {"checksum/config": VALUE}}),
        PASSWORD,
    ),
    case.passes(
        case.resource(
            CLOUDRUNV2_SERVICE,
            template={"annotations": {"password-hash": VALUE}, "containers": [{"image": OTHER}]},
        ),
        PASSWORD,
        SECRET,
    ),
    case.passes(_service(CONFIG_CHECKSUM=VALUE), PASSWORD),
    case.passes(case.resource(STORAGE_BUCKET_OBJECT, content="{}", detectMd5hash=VALUE), PASSWORD),
    # Another rule says so by the variable's name.
    case.passes(_service(DB_PASSWORD=VALUE), PASSWORD),
    case.passes(_service(DB_PASSWORD=VALUE, HOST=OTHER), PASSWORD, SECRET),
    case.passes(_service(DB_PASSWORD=_known()), DEPLOYED),
    # Once it is made, its value tells where it is.
    case.passes(_service(SETTING=_known("none"), NUMBER=_known(15)), DEPLOYED),
    case.passes(_service(SETTING=_known("a-hash-of-it")), DEPLOYED),
    case.passes(_service(SETTING=_known("other"), HOST=OTHER), DEPLOYED, SECRET),
    case.passes(case.resource(SQL_USER, password=_known()), DEPLOYED),
    case.passes(_service(PORT=_known("12345"), HOST=OTHER), SHORT, SECRET),
    case.fails(_service(SETTING=_known(f"x {TEXT}")), DEPLOYED),
    case.fails(case.resource(STORAGE_BUCKET_OBJECT, content=_known(f"p: {TEXT}")), DEPLOYED),
    # One is made, and another one is not.
    case.fails(
        _service(SETTING=case.output_of("new"), OTHER=_known("other")),
        DEPLOYED,
        case.resource(RANDOM_PASSWORD, "new", length=32),
    ),
    # A password and a user share an input.
    case.passes(
        case.resource(ALLOYDB_CLUSTER, initialUser={"user": OTHER, "password": VALUE}),
        PASSWORD,
        SECRET,
    ),
    *(
        case.fails(*resources, PASSWORD, SECRET)
        for resources in (
            [_service(SETTING=VALUE)],
            [_service(SETTING=VALUE, HOST=OTHER)],
            [_service(DB_PASSWORD=VALUE, SETTING=VALUE)],
            [_service(REDIS_AUTH=VALUE, HOST=OTHER)],
            [case.resource(COMPUTE_INSTANCE, metadata={"p": VALUE})],
            [case.resource(COMPUTE_INSTANCE, metadataStartupScript=VALUE)],
            [case.resource(CLOUDSCHEDULER_JOB, httpTarget={"body": VALUE})],
            [case.resource(WORKFLOWS_WORKFLOW, userEnvVars={"KEY": VALUE})],
            [case.resource(PARAMETERMANAGER_PARAMETER_VERSION, parameterData=VALUE)],
            [case.resource(STORAGE_BUCKET_OBJECT, content=VALUE)],
            [case.resource("kubernetes:core/v1:ConfigMap", data={"p": VALUE})],
        )
    ),
    case.fails(
        case.resource(COMPUTE_INSTANCE, metadata={"p": VALUE}),
        case.resource(GENERATORS[1], "password", length=32),
    ),
]
