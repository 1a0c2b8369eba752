"""Names and inputs use output values, not the output object as text."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import PROJECTS_IAM_MEMBER, STORAGE_BUCKET, STORAGE_BUCKET_OBJECT
from apex_guardrails.model import ANY_TYPE, Asset, Resource, Violation, case, rule
from apex_guardrails.model.object_texts import object_text
from apex_guardrails.model.signs import signs_of

PYTHON = "Calling __str__ on an Output[T] is not supported.\n\nTo get the value"
NODE = "Calling [toString] on an [Output<T>] is not supported.\n\nTo get the value"


@rule(
    severity="high",
    on=ANY_TYPE,
    fix="Pass the output itself, or make the text with Output.format, Output.concat or apply "
    "(TypeScript: pulumi.interpolate; Go: pulumi.Sprintf; .NET and Java: Output.Format).",
)
def outputs_not_turned_into_text(resource: Resource) -> Iterator[Violation]:
    """An f-string or str() describes the output object; it does not contain the value."""
    found = dict(_texts(resource))
    in_name = object_text(resource.name)
    # Where the program gives no name, Pulumi makes it from the resource's own.
    if in_name is not None and "name" not in found:
        yield resource.fail(f"contains {in_name} in its name")
    for path, what in found.items():
        yield resource.fail(f"contains {what}", at=path)


def _texts(resource: Resource) -> Iterator[tuple[str, str]]:
    """The path of each input with such a text, and what it is."""
    if not signs_of(resource).object_text:
        return
    for leaf in resource.texts():
        text = getattr(leaf.value, "text", leaf.value)
        what = object_text(text) if isinstance(text, str) else None
        what = what or object_text(leaf.path)
        if what is not None:
            yield leaf.path, what


CASES = [
    case.passes(
        case.resource(PROJECTS_IAM_MEMBER, member="serviceAccount:api@p.iam.gserviceaccount.com")
    ),
    case.passes(case.resource(PROJECTS_IAM_MEMBER, member=case.UNKNOWN)),
    case.passes(case.resource(PROJECTS_IAM_MEMBER)),
    case.passes(case.resource(STORAGE_BUCKET, labels={"a": "calling-output-is-not-supported"})),
    case.passes(case.resource(STORAGE_BUCKET, labels={"at": "Output at 0x10"})),
    case.passes(
        case.resource(STORAGE_BUCKET_OBJECT, content="if (x == '[object Object]')\n  fail()")
    ),
    case.passes(case.resource(STORAGE_BUCKET_OBJECT, content="100%! {0xc0} at 0x7f Output`1")),
    *(
        case.fails(case.resource(PROJECTS_IAM_MEMBER, member=f"serviceAccount:{text}"))
        for text in (
            PYTHON,
            NODE,
            NODE.replace("toString", "toJSON"),
            NODE.replace("toString", "ToString"),
            "<pulumi.output.Output object at 0x7fdd4840e640>",
            "<pulumi_gcp.serviceaccount.account.Account object at 0x7fdd4840e640>",
            "<function email at 0x7fdd4840e640>",
            "<coroutine object Output.is_known at 0x7fdd4840e640>",
            "<bound method Output.apply of x at 0x7fdd4840e640>",
            "[object Object]",
            "{0xc000123456}",
            "{%!s(*internal.OutputState=&{{0 0} 0xc0001})}",
            "%!s(*string=0xc0004a6890)",
            "%!v(pulumi.OutputState=1)",
            "com.pulumi.core.internal.OutputInternal@1b2c3d4e",
            "Pulumi.Output`1[System.String]",
        )
    ),
    case.fails(case.resource(STORAGE_BUCKET, labels={"owner": case.secret(PYTHON)})),
    case.fails(case.resource(STORAGE_BUCKET, labels={f"of-{PYTHON}": "me"})),
    case.fails(case.resource(STORAGE_BUCKET, cors=[{"origins": ["https://[object Object]/"]}])),
    case.fails(case.resource(STORAGE_BUCKET, f"{PYTHON}-bucket")),
    case.fails(case.resource(STORAGE_BUCKET, f"{PYTHON}-bucket", name=f"{PYTHON}-bucket-1234567")),
    case.fails(case.resource(STORAGE_BUCKET_OBJECT, source=Asset(text=f"host={PYTHON}"))),
    case.fails(case.resource("pulumi:providers:gcp", project=PYTHON)),
    case.fails(case.resource(PROJECTS_IAM_MEMBER, member=case.concat(f"{PYTHON}:", case.UNKNOWN))),
]
