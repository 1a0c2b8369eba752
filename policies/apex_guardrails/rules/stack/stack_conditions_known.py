"""No condition in the program depends on an assumed answer."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import STORAGE_BUCKET
from apex_guardrails.model import ANY_TYPE, Stack, Violation, case, rule


@rule(
    severity="high",
    on=ANY_TYPE,
    scope="stack",
    fix="Record the function's answer in policy-pack.yaml (offline.functions); `apex record` "
    "writes it. Or take it from config.",
)
def stack_conditions_known(stack: Stack) -> Iterator[Violation]:
    """What a program makes where it is true, nobody has seen: it could be a public database."""
    for boolean in stack.guessed:
        yield Violation(
            stack.urn,
            f"the program asks for {boolean.path} of {boolean.token}, which is not known here and "
            "is taken for false: what it makes where it is true is not seen",
            position=boolean.position,
        )


CASES = [
    case.passes(case.resource(STORAGE_BUCKET)),
    case.passes(_outputs={}),
    case.fails(
        case.resource(STORAGE_BUCKET, _guessed="gcp:storage/getBucket:getBucket"),
    ),
]
