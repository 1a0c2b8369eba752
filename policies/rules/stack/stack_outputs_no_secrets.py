"""Stack outputs show no secret."""

from collections.abc import Iterator

from policies.model import Complaint, Stack, case, rule
from policies.model.credentials import token_format


@rule(
    severity="critical",
    on="pulumi:pulumi:Stack",
    scope="stack",
    fix="Do not export it, or wrap it in pulumi.Output.secret.",
)
def stack_outputs_no_secrets(stack: Stack) -> Iterator[Complaint]:
    """`pulumi stack output` and every stack that refers to this one read it in clear."""
    if stack.outputs is None:
        return
    for leaf in stack.outputs.leaves():
        if leaf.is_secret:
            continue
        key = stack.secret_config.key_of(leaf.value)
        token = token_format(leaf.value) if isinstance(leaf.value, str) else None
        if key is not None:
            yield stack.fail(f"the output shows the secret config value {key}", at=leaf.path)
        elif token is not None:
            yield stack.fail(f"the output holds a value in the form of a {token}", at=leaf.path)


CASES = [
    case.passes(_outputs={}),
    case.passes(_outputs={"region": "us-central1", "count": 3, "url": case.UNKNOWN}),
    case.passes(_outputs={"password": case.secret(case.SECRET_CONFIG)}),
    case.passes(_outputs={"all": case.secret({"password": case.SECRET_CONFIG})}),
    case.fails(_outputs={"password": case.SECRET_CONFIG}),
    case.fails(_outputs={"urls": [f"postgres://u:{case.SECRET_CONFIG}@10.0.0.1/db"]}),
    case.fails(_outputs={"key": "sk-" + "proj-" + "a1" * 24}),
]
