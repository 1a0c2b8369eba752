"""Passwords leave the stack only by outputs that are declared for it."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from apex_guardrails.model import STACK_TYPE, Looser, Parameters, Stack, Violation, case, rule
from apex_guardrails.model.credentials.named_values import NamedValue, named_values
from apex_guardrails.model.credentials.names import UNAMBIGUOUS, meaning
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, parse_path
from apex_guardrails.rules.families.shown_secrets import is_derived


class Declared(Parameters):
    """Which outputs are meant to have passwords."""

    allowed: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (), description="Names of outputs that may hold a password, or patterns: *Kubeconfig."
    )


@rule(
    severity="low",
    on=STACK_TYPE,
    scope="stack",
    fix="Export the id of the secret in Secret Manager, or name the output in the rule's parameter "
    "allowed.",
    parameters=Declared,
)
def stack_outputs_passwords_declared(stack: Stack, settings: Declared) -> Iterator[Violation]:
    """Whoever may read the stack, or refers to it, reads them with --show-secrets."""
    outputs = stack.outputs
    if outputs is None:
        return
    for item in named_values(outputs.value, None):
        name = str(parse_path(item.path)[0])
        if any(fnmatchcase(name, known) for known in settings.allowed):
            continue
        if item.is_secret and _is_password(outputs, item):
            yield stack.fail("has an output with a password", at=item.path)


def _is_password(outputs: Resource, item: NamedValue) -> bool:
    """Whether a value that is marked secret is one."""
    if is_derived(item) or item.value is None or item.value == "":
        return False
    if item.value is UNKNOWN and outputs.secret_origins.get(parse_path(item.path)):
        return True
    is_config = outputs.stack.secret_config.key_of(item.value) is not None
    return is_config or (bool(item.name) and meaning(item.name) in UNAMBIGUOUS)


ANSWER = "gcp:secretmanager/getSecretVersion:getSecretVersion"
CASES = [
    case.fails(_outputs={"dbPassword": case.secret(case.UNKNOWN)}),
    case.passes(_outputs={"passwordSecretId": "db-password", "url": case.UNKNOWN}),
    case.passes(_outputs={}),
    case.fails(_outputs={"setting": case.secret(case.SECRET_CONFIG)}),
    case.fails(_outputs={"all": case.secret({"password": "correct horse"})}),
    case.fails(_outputs={"setting": case.secret(case.secret_of(ANSWER, "secretData"))}),
    case.passes(_outputs={"settingHash": case.secret(case.secret_of(ANSWER, "secretData"))}),
    case.passes(_outputs={"setting": case.secret(case.UNKNOWN)}),
    case.passes(_outputs={"address": case.secret("10.0.0.3"), "password": case.secret("")}),
    case.passes(_outputs={"passwordVersion": case.secret(case.UNKNOWN)}),
    # Another rule says so of what is in clear.
    case.passes(_outputs={"dbPassword": "correct horse"}),
    case.passes(
        _outputs={"dbPassword": case.secret(case.UNKNOWN)}, _parameters={"allowed": ["*Password"]}
    ),
    case.fails(
        _outputs={"dbPassword": case.secret(case.UNKNOWN)}, _parameters={"allowed": ["password"]}
    ),
]
