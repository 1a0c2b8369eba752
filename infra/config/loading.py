"""Reads the stack's configuration, and says what is wrong with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pulumi
from pulumi.runtime import get_config, is_config_secret
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from infra.config.certificates import end_of
from infra.config.stack import StackConfig

_CERTIFICATE = "temporal-tls-certificate"
_SOON = timedelta(days=30)


def load() -> StackConfig:
    """Reads the configuration of the stack that is being deployed.

    Raises:
        pulumi.RunError: some of it is missing or wrong. The message names every such key with what
            was found, what is expected and the command that sets it; it shows no secret.
    """
    stack = pulumi.get_stack()
    fields = {_key(field): field for field in StackConfig.model_fields.values()}
    values: dict[str, Any] = {"stack": stack}
    for key in fields.keys() - {"stack"}:
        found = get_config(_full_key(key))
        if _is_secret(fields[key]):
            if found:  # an empty secret is none
                values[key] = found if _is_encrypted(key) else None
        elif found is not None:
            values[key] = found
    try:
        return StackConfig.model_validate(values)
    except ValidationError as error:
        problems = [
            _problem(stack, fields[str(detail["loc"][0])], detail) for detail in error.errors()
        ]
        raise pulumi.RunError(
            "\n".join([f"The configuration of stack {stack} is not valid.", *problems])
        ) from None


def temporal_certificate_end() -> datetime | None:
    """Returns when the client certificate for Temporal ends, which is no secret.

    None where the configuration has no Temporal. It also says, in the preview, when that is soon,
    and when nobody can know: None, then, too.
    """
    if not get_config(_full_key("temporal-address")):
        return None
    end = end_of(get_config(_full_key(_CERTIFICATE)) or "")
    if end is None:
        pulumi.warn(f"{_CERTIFICATE}: no certificate in PEM, and so no alert before it ends")
    elif end - datetime.now(UTC) < _SOON:
        pulumi.warn(
            f"{_CERTIFICATE}: ends on {end:%Y-%m-%d}; docs/runbooks/temporal-certificate.md"
        )
    return end


def _problem(stack: str, field: FieldInfo, detail: ErrorDetails) -> str:
    key = _key(field)
    if detail["type"] == "missing":
        problem = "is not set"
    elif detail["input"] is None:
        problem = "is a secret and not encrypted"
    else:
        found = "a secret value" if _is_encrypted(key) else repr(str(detail["input"]))
        reason = detail["ctx"]["error"] if detail["type"] == "value_error" else "is not valid"
        problem = f"{found} {reason}"
    if key == "stack":
        fix = "pulumi stack select"
    elif _is_secret(field):
        fix = f"pulumi config set --stack {stack} --secret {key}"
    else:
        fix = f"pulumi config set --stack {stack} {key}"
    example = (field.examples[0] or "''") if field.examples else ""
    return f"  {key}: {problem}; expected {field.description}.\n    {fix} {example}".rstrip()


def _key(field: FieldInfo) -> str:
    """Returns the key as it is written on Pulumi's command line."""
    return str(field.alias)


def _full_key(key: str) -> str:
    """Returns the key as it is written in the stack's file."""
    return key if ":" in key else f"{pulumi.get_project()}:{key}"


def _is_encrypted(key: str) -> bool:
    return is_config_secret(_full_key(key))


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation == pulumi.Output[str]
