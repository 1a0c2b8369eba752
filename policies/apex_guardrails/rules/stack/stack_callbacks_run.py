"""Every function that may make resources was run, so that what it makes is evaluated."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import STORAGE_BUCKET
from apex_guardrails.model import ANY_TYPE, Stack, Violation, case, rule


@rule(
    severity="high",
    on=ANY_TYPE,
    scope="stack",
    fix="Make the resources outside of apply, and give them the output itself; or make the value "
    "known: record the function's answer (offline.functions) or the other stack's outputs "
    "(offline.stacks). offline.callbacks in policy-pack.yaml deploys it as it is.",
)
def stack_callbacks_run(stack: Stack) -> Iterator[Violation]:
    """What a function makes that did not run, nobody has seen: it could be a public database."""
    for callback in stack.unrun:
        yield Violation(
            stack.urn,
            f"{callback.described} was not run, and the resources made in it are not seen: "
            f"{callback.because}",
            position=callback.position,
        )


CASES = [
    case.passes(case.resource(STORAGE_BUCKET)),
    case.passes(_outputs={}),
    case.fails(case.resource(STORAGE_BUCKET, _unrun="it waits for an output")),
]
