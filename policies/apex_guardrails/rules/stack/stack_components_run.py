"""Every component of the program was run, so that what it makes is evaluated."""

from collections.abc import Iterator

from apex_guardrails.model import ANY_TYPE, Stack, Violation, case, rule


@rule(
    severity="high",
    on=ANY_TYPE,
    scope="stack",
    fix="Install the plugin that the finding names on the machine that runs apex, or judge the "
    "stack through the engine; offline.components in policy-pack.yaml deploys it as it is.",
)
def stack_components_run(stack: Stack) -> Iterator[Violation]:
    """What a component makes that was not run, nobody has seen: it could be a public database."""
    for urn in sorted(stack.not_run):
        yield Violation(
            urn, f"was not run, and what it makes is not evaluated: {stack.not_run[urn]}"
        )


CASES = [
    case.passes(case.resource("synced-folder:index:GoogleCloudFolder")),
    case.passes(_outputs={}),
    case.fails(case.resource("synced-folder:index:GoogleCloudFolder", _not_run="no plugin")),
]
