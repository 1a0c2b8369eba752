"""Reads a stack's outputs: from its exported state, or from what `pulumi stack output` printed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.model.value import Value
from apex_guardrails.sources.documents.file import document, read
from apex_guardrails.sources.documents.form import Kind
from apex_guardrails.sources.offline.other_stacks import without_secrets
from apex_guardrails.sources.state import read_state
from apex_guardrails.support.errors import UsageError

_OUTPUTS: Final = Kind(
    "an object of outputs",
    "write it with: pulumi stack output --json, or pulumi stack export",
)
_NOT_SHOWN: Final = "[secret]"
"""What `pulumi stack output` prints in place of a secret."""


def read_outputs(file: Path) -> Mapping[str, Value]:
    """The outputs of the stack in a file, without the values of secret ones.

    Raises:
        UsageError: it cannot be read, or is neither a state nor an object of outputs.
    """
    content = document(read(file, _OUTPUTS), str(file), _OUTPUTS)
    if not isinstance(content, dict):
        raise UsageError(f"{file}: is not {_OUTPUTS.what}; {_OUTPUTS.next_step}")
    if "version" in content and {"deployment", "checkpoint"} & content.keys():
        outputs = read_state(file).stack.outputs
        content = {} if outputs is None else dict(outputs.value)
    return {
        key: Secret(UNKNOWN) if value == _NOT_SHOWN else without_secrets(value)
        for key, value in content.items()
    }
