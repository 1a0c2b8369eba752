"""Containers get credentials through references to Secret Manager."""

from collections.abc import Iterator

from apex_guardrails.gcp.run import WORKLOADS, make_example, require_known, unknown_variables
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.model.credentials.names import Meaning, meaning
from apex_guardrails.rules.families.shown_inputs import RUN_VARIABLE, find_violations


@rule(
    severity="critical",
    on=WORKLOADS,
    fix='Replace value with value_source.secret_key_ref(secret=..., version="latest").',
)
def run_secrets_via_secret_manager(workload: Resource) -> Iterator[Violation]:
    """Anyone who can view the revision can read its environment variables."""
    yield from find_violations(workload, RUN_VARIABLE)
    # Where its parts are known, they say whether there is a password in it.
    for path, name in unknown_variables(workload):
        if meaning(name) is Meaning.ADDRESS and workload.parts_at(path) is None:
            yield workload.fail(f"exposes {name} in plain text", at=path)
    require_known(workload)


CASES = [
    case.passes(
        template={
            "containers": [
                {
                    "envs": [
                        {"name": "DB_PASSWORD", "valueSource": {"secretKeyRef": {"secret": "db"}}}
                    ]
                }
            ]
        }
    ),
    case.passes(
        template={
            "containers": [{"envs": [{"name": "LOG_LEVEL", "value": "info"}, {"value": "x"}]}]
        }
    ),
    case.passes(template={"containers": [{"envs": [{"name": "PASSWORD", "value": ""}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "HOST", "value": case.UNKNOWN}]}]}),
    # No password is in it, whatever its other parts are; where one is, another rule says so.
    *(
        case.passes(template={"containers": [{"envs": [{"name": "DATABASE_URL", "value": value}]}]})
        for value in (
            case.concat("postgresql://", case.UNKNOWN, ":5432/app"),
            case.concat("postgresql://app:", case.UNKNOWN, "@10.0.0.3/app"),
        )
    ),
    case.passes(template={"containers": [{"envs": []}]}),
    case.passes(template={"containers": [{}]}),
    case.passes(template={"containers": []}),
    case.passes(template={}),
    case.passes(),
    case.fails(template={"containers": [{"envs": [{"name": "DB_PASSWORD", "value": "x"}]}]}),
    case.fails(
        template={"containers": [{"envs": [{"name": "DB_PASSWORD", "value": case.UNKNOWN}]}]}
    ),
    case.fails(template={"containers": [{"envs": [{"name": "passwd", "value": case.UNKNOWN}]}]}),
    case.fails(
        template={"containers": [{"envs": [{"name": "CLIENT_SECRET", "value": case.UNKNOWN}]}]}
    ),
    case.fails(
        template={"containers": [{"envs": [{"name": "GITHUB_TOKEN", "value": case.UNKNOWN}]}]}
    ),
    case.fails(template={"containers": [{"envs": [{"name": "API_KEY", "value": case.UNKNOWN}]}]}),
    case.fails(
        template={"containers": [{"envs": [{"name": "OPENAI_APIKEY", "value": case.UNKNOWN}]}]}
    ),
    case.fails(
        template={"containers": [{"envs": [{"name": "PRIVATE_KEY", "value": case.UNKNOWN}]}]}
    ),
    case.fails(
        template={"containers": [{"envs": [{"name": "AWS_CREDENTIALS", "value": case.UNKNOWN}]}]}
    ),
    case.fails(
        template={"containers": [{"envs": [{"name": "DATABASE_URL", "value": case.UNKNOWN}]}]}
    ),
    case.fails(
        template={"containers": [{"envs": [{"name": "SENTRY_DSN", "value": case.UNKNOWN}]}]}
    ),
    case.fails(
        template={"containers": [{"envs": [{"name": "CONNECTION_STRING", "value": case.UNKNOWN}]}]}
    ),
    case.passes(template={"containers": [{"envs": [{"name": "PASSWORD_FILE", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "SECRET_NAME", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "TOKEN_TTL", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "MAX_TOKENS", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "SECRET_ID", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "TOKEN_LIMIT", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "PASSWORD_PATH", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "PASSWORD_LENGTH", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "SECRET_VERSION", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "API_KEY_HEADER", "value": "x"}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "TOKEN_URL", "value": "x"}]}]}),
    case.undecided(template={"containers": [{"envs": [{"name": case.UNKNOWN, "value": "x"}]}]}),
    case.undecided(template={"containers": case.UNKNOWN}),
    case.undecided(template=case.UNKNOWN),
    *(
        outcome(case.resource(token, template=make_example(token, *containers)))
        for token in WORKLOADS
        for outcome, containers in (
            (case.passes, []),
            (case.passes, [{}]),
            (case.passes, [{"envs": []}]),
            (case.passes, [{"envs": [{}]}]),
            (case.passes, [{"envs": [{"name": "DB_NAME", "value": "x"}]}]),
            (case.fails, [{"envs": [{"name": "DB_PASSWORD", "value": "x"}]}]),
            (case.fails, [{"envs": [case.UNKNOWN, {"name": "DB_PASSWORD", "value": "x"}]}]),
            (case.undecided, [{"envs": case.UNKNOWN}]),
            (case.undecided, [{"envs": [case.UNKNOWN]}]),
            (case.undecided, [case.UNKNOWN]),
            (case.undecided, [{"envs": [{"name": case.UNKNOWN, "value": "x"}]}]),
        )
    ),
    *(case.passes(case.resource(token)) for token in WORKLOADS),
    *(case.undecided(case.resource(token, template=case.UNKNOWN)) for token in WORKLOADS),
]
