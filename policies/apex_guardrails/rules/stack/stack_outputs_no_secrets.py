"""Stack outputs contain no secrets in plain text."""

import base64
from collections.abc import Iterator

from apex_guardrails.gcp.types import REDIS_INSTANCE, SERVICEACCOUNT_KEY, STORAGE_HMAC_KEY
from apex_guardrails.model import STACK_TYPE, Stack, Violation, case, rule
from apex_guardrails.rules.families.shown_outputs import shown_outputs


@rule(
    severity="critical",
    on=STACK_TYPE,
    scope="stack",
    fix="Do not export it, or wrap it in pulumi.Output.secret.",
)
def stack_outputs_no_secrets(stack: Stack) -> Iterator[Violation]:
    """`pulumi stack output` and every stack that refers to this one can read it."""
    for path, what in shown_outputs(stack):
        yield stack.fail(f"has an output that {what}", at=path)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


HMAC = case.resource(STORAGE_HMAC_KEY, "key")
ANSWER = "gcp:secretmanager/getSecretVersion:getSecretVersion"
CASES = [
    case.passes(_outputs={}),
    case.passes(_outputs={"region": "us-central1", "count": 3, "url": case.UNKNOWN}),
    case.passes(_outputs={"password": case.secret(case.SECRET_CONFIG)}),
    case.passes(_outputs={"all": case.secret({"password": case.SECRET_CONFIG})}),
    case.fails(_outputs={"password": case.SECRET_CONFIG}),
    case.fails(_outputs={"urls": [f"postgres://u:{case.SECRET_CONFIG}@10.0.0.1/db"]}),
    case.fails(_outputs={"note": f"made with {case.SECRET_CONFIG}"}),
    case.fails(_outputs={"note": base64.b64encode(case.SECRET_CONFIG.encode()).decode()}),
    case.fails(_outputs={"note": base64.b64encode(b"of " + case.SECRET_CONFIG.encode()).decode()}),
    case.fails(_outputs={"url": case.concat("redis://:", case.UNKNOWN, "@10.0.0.3")}),
    case.passes(_outputs={"url": case.concat("redis://", case.UNKNOWN, ":6379")}),
    case.fails(_outputs={"key": "sk-" + "proj-" + "a1" * 24}),
    case.fails(_outputs={"dsn": "postgresql://app:" + "example" + "@10.0.0.3/app"}),
    case.fails(_outputs={"dbPassword": "correct horse"}),
    case.fails(_outputs={"database": {"users": [{"name": "app", "password": "correct horse"}]}}),
    case.fails(_outputs={"settings": '{"db": {"password": "correct horse"}}'}),
    case.fails(_outputs={"url": "jdbc:postgresql://10.0.0.3/a?user=app&password=correct-horse"}),
    case.fails(_outputs={"users": {case.SECRET_CONFIG: {"id": 1}}}),
    # A resource's output is marked until the program takes the mark away; no function's is.
    case.passes(HMAC, _outputs={"key": case.secret_of(STORAGE_HMAC_KEY, "secret", "key")}),
    case.fails(
        HMAC, _outputs={"key": case.secret_of(STORAGE_HMAC_KEY, "secret", "key", is_unmarked=True)}
    ),
    case.passes(_outputs={"key": case.secret(case.secret_of(ANSWER, "secretData"))}),
    case.passes(_outputs={"keyHash": case.secret_of(ANSWER, "secretData")}),
    case.fails(_outputs={"keys": [case.secret_of(ANSWER, "secretData")]}),
    # In base64 within a text.
    case.fails(_outputs={"header": f"Basic {_base64(f'user:{case.SECRET_CONFIG}')}"}),
    case.fails(_outputs={"data": "user-data: " + _base64("export PASSWORD=correct-h0rse\n")}),
    case.passes(_outputs={"data": "user-data: " + _base64("export LOG_LEVEL=debugging\n")}),
    case.passes(_outputs={"dbPassword": case.secret("correct horse")}),
    case.passes(_outputs={"dbPassword": case.UNKNOWN, "passwordSecretId": "db-password"}),
    case.passes(_outputs={"dbPassword": "projects/p/secrets/db-password", "auth": "iam"}),
    case.passes(case.resource(REDIS_INSTANCE), _outputs={"redisHost": "10.0.0.3"}),
    # Rules of their own say so of these.
    case.passes(
        case.resource(REDIS_INSTANCE, _outputs={"authString": "correct-horse"}),
        _outputs={"redisPassword": "correct-horse"},
    ),
    case.passes(
        case.resource(SERVICEACCOUNT_KEY, _outputs={"privateKey": "correct horse"}),
        _outputs={"privateKey": "correct horse"},
    ),
]
