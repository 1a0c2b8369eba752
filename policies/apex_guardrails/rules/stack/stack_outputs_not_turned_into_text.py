"""Stack outputs use output values, not the output object as text."""

from collections.abc import Iterator

from apex_guardrails.model import STACK_TYPE, Stack, Violation, case, rule
from apex_guardrails.model.object_texts import object_text

TEXT = "Calling __str__ on an Output[T] is not supported.\n\nTo get the value"


@rule(
    severity="high",
    on=STACK_TYPE,
    scope="stack",
    fix="Export the output itself, or make the text with Output.format, Output.concat or apply "
    "(TypeScript: pulumi.interpolate; Go: pulumi.Sprintf; .NET and Java: Output.Format).",
)
def stack_outputs_not_turned_into_text(stack: Stack) -> Iterator[Violation]:
    """Stacks that refer to this one get meaningless text."""
    for leaf in stack.outputs.texts() if stack.outputs is not None else ():
        what = object_text(leaf.value) if isinstance(leaf.value, str) else None
        if what is not None:
            yield stack.fail(f"has an output that contains {what}", at=leaf.path)


CASES = [
    case.passes(_outputs={}),
    case.passes(_outputs={"url": "https://example.org", "count": 3, "id": case.UNKNOWN}),
    case.fails(_outputs={"url": f"https://{TEXT}"}),
    case.fails(_outputs={"urls": [{"api": case.secret("<pulumi.output.Output object at 0x7f>")}]}),
    case.fails(_outputs={"url": case.concat(f"https://{TEXT}/", case.UNKNOWN)}),
]
