"""No plain stack output or environment variable contains the Redis AUTH string."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.run import WORKLOADS, make_example, read_variables
from apex_guardrails.gcp.types import CLOUDRUNV2_SERVICE, REDIS_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule
from apex_guardrails.model.value import unwrap

# Before the deployment its name alone tells it from the host. Where that says PASSWORD or SECRET,
# run-secrets-via-secret-manager says so.
CALLED = re.compile(r"(?:^|_)AUTH(?:_STRING)?$", re.IGNORECASE)


@rule(
    severity="high",
    on=REDIS_INSTANCE,
    scope="stack",
    fix="Put auth_string into a secretmanager.SecretVersion, and refer to it: secret_key_ref.",
)
def redis_auth_string_not_exported_plain(stack: Stack) -> Iterator[Violation]:
    """Anyone who can read the revision, or the stack's outputs, can log in to Redis."""
    known = [
        text
        for instance in stack.of_type(REDIS_INSTANCE)
        if isinstance(text := unwrap((instance.outputs or {}).get("authString")), str) and text
    ]
    for leaf in stack.outputs.leaves() if stack.outputs else ():
        if not leaf.is_secret and _holds(leaf.value, known):
            yield stack.fail("the output exposes the Redis AUTH string", at=leaf.path)

    def check(workload: Resource) -> Iterator[Violation]:
        for variable in read_variables(workload):
            value = variable.peek("value")
            is_called_so = (
                value is UNKNOWN
                and CALLED.search(str(variable.get("name", omitted="")))
                and any(workload.referred("template", REDIS_INSTANCE))
            )
            if is_called_so or _holds(value, known):
                yield variable.fail("exposes the Redis AUTH string", at="value")

    yield from stack.each(stack.of_type(*WORKLOADS), check)


def _holds(value: object, texts: list[str]) -> bool:
    return isinstance(value, str) and any(text in value for text in texts)


AUTH = "correct-horse"
DEPLOYED = case.resource(
    REDIS_INSTANCE, "redis", memorySizeGb=1, _outputs={"authString": case.secret(AUTH)}
)


def _service(*variables: object, token: str = CLOUDRUNV2_SERVICE) -> case.CaseResource:
    return case.resource(token, template=make_example(token, {"envs": list(variables)}))


CASES = [
    case.passes(case.resource(REDIS_INSTANCE, memorySizeGb=1)),
    case.passes(DEPLOYED),
    case.passes(DEPLOYED, _outputs={"auth": case.secret(AUTH), "host": "10.0.0.3", "n": 1}),
    case.fails(DEPLOYED, _outputs={"auth": AUTH}),
    case.fails(DEPLOYED, _outputs={"urls": [f"redis://:{AUTH}@10.0.0.3"]}),
    case.passes(DEPLOYED, _service({"name": "REDIS_HOST", "value": "10.0.0.3"})),
    case.passes(DEPLOYED, _service({"name": "REDIS_AUTH"})),
    case.fails(DEPLOYED, _service({"name": "URL", "value": case.secret(f"redis://:{AUTH}@h")})),
    # Not deployed yet.
    case.passes(
        _service({"name": "REDIS_HOST", "value": case.output_of("redis")}),
        case.resource(REDIS_INSTANCE, "redis", memorySizeGb=1),
    ),
    case.passes(
        _service(
            {"name": "REDIS_AUTH", "value": "on"},
            {"name": "REDIS_HOST", "value": case.output_of("redis")},
        ),
        case.resource(REDIS_INSTANCE, "redis", memorySizeGb=1),
    ),
    *(
        case.fails(
            _service({"name": name, "value": case.output_of("redis")}, token=token),
            case.resource(REDIS_INSTANCE, "redis", memorySizeGb=1),
        )
        for token in WORKLOADS
        for name in ("REDIS_AUTH", "redis_auth_string")
    ),
    case.passes(
        _service({"name": "REDIS_AUTH", "value": case.UNKNOWN}),
        case.resource(REDIS_INSTANCE, "redis", memorySizeGb=1),
    ),
    case.passes(
        _service({"value": case.UNKNOWN}),
        case.resource(REDIS_INSTANCE, memorySizeGb=1, _outputs={"authString": ""}),
        _outputs={"text": "any"},
    ),
    *(
        outcome(case.resource(token, template=template))
        for token in WORKLOADS
        for outcome, template in (
            (case.passes, make_example(token)),
            (case.passes, make_example(token, {})),
            (case.passes, make_example(token, {"envs": [{"value": case.UNKNOWN}]})),
            (case.undecided, case.UNKNOWN),
            (case.undecided, make_example(token, case.UNKNOWN)),
            (case.undecided, make_example(token, {"envs": case.UNKNOWN})),
            (case.undecided, make_example(token, {"envs": [case.UNKNOWN]})),
            (
                case.undecided,
                make_example(token, {"envs": [{"name": case.UNKNOWN, "value": case.UNKNOWN}]}),
            ),
        )
    ),
    *(case.passes(case.resource(token)) for token in WORKLOADS),
]
