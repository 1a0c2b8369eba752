"""Reads the stack's configuration, and says what is wrong with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pulumi
from pulumi.runtime import get_config, is_config_secret
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from infra.config.certificates import end_of
from infra.config.keys import Key, keys_of, nested
from infra.config.stack import StackConfig

_CERTIFICATE = "temporal-tls-certificate"
_SOON = timedelta(days=30)
_KEYS = {key.name: key for key in keys_of(StackConfig)}
_DEFAULTS = {key.name: str(key.default) for key in _KEYS.values() if key.default is not None}


def load() -> StackConfig:
    """Reads the configuration of the stack that is being deployed.

    Raises:
        pulumi.RunError: some of it is missing or wrong. The message names every such key with what
            was found, what is expected and the command that sets it; it shows no secret.
    """
    stack = pulumi.get_stack()
    texts: dict[str, Any] = {"stack": stack}
    for key in _KEYS.values():
        found = get_config(_full_key(key.name))
        if key.is_secret and found and not _is_encrypted(key.name):
            texts[key.name] = None
        elif found is not None and (found or not key.is_secret):  # an empty secret is none
            texts[key.name] = found
    try:
        return StackConfig.model_validate(nested(StackConfig, texts), context=_DEFAULTS | texts)
    except ValidationError as error:
        problems = [_problem(stack, _key_of(detail), detail) for detail in error.errors()]
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
        pulumi.warn(
            f"{_CERTIFICATE}: not a PEM certificate, so there is no alert before it expires"
        )
    elif end - datetime.now(UTC) < _SOON:
        pulumi.warn(
            f"{_CERTIFICATE}: expires on {end:%Y-%m-%d}; docs/runbooks/temporal-certificate.md"
        )
    return end


def _key_of(detail: ErrorDetails) -> Key:
    return next(_KEYS[part] for part in detail["loc"] if part in _KEYS)


def _problem(stack: str, key: Key, detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        problem = "is not set"
    elif detail["input"] is None:
        problem = "is a secret, but not encrypted"
    else:
        found = "a secret value" if _is_encrypted(key.name) else repr(str(detail["input"]))
        reason = detail["ctx"]["error"] if detail["type"] == "value_error" else "is not valid"
        problem = f"{found} {reason}"
    if key.name == "stack":
        fix = "pulumi stack select"
    elif key.is_secret:
        fix = f"pulumi config set --stack {stack} --secret {key.name}"
    else:
        fix = f"pulumi config set --stack {stack} {key.name}"
    example = "" if key.example is None else key.example or "''"
    return f"  {key.name}: {problem}; expected {key.expected}.\n    {fix} {example}".rstrip()


def _full_key(key: str) -> str:
    """Returns the key as it is written in the stack's file."""
    return key if ":" in key else f"{pulumi.get_project()}:{key}"


def _is_encrypted(key: str) -> bool:
    return is_config_secret(_full_key(key))
