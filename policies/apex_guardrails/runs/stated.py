"""What settings state in the place of a provider, of other stacks and of Pulumi ESC."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from apex_guardrails.model import UNKNOWN
from apex_guardrails.settings import PolicyPackSettings
from apex_guardrails.sources.offline.functions import RecordedAnswer
from apex_guardrails.sources.offline.other_stacks import Outputs
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import read_yaml


def answers(settings: PolicyPackSettings) -> list[RecordedAnswer]:
    """What functions return."""
    return [
        RecordedAnswer(answer.token, answer.arguments, answer.result)
        for answer in settings.offline.functions
    ]


def outputs(settings: PolicyPackSettings) -> dict[str, Outputs]:
    """What settings say of other stacks.

    Raises:
        UsageError: a file of theirs cannot be read.
    """
    return {
        name: _in_file(settings, name, given)
        if isinstance(given, Path)
        else {key: UNKNOWN if value is None else value for key, value in given.items()}
        for name, given in settings.offline.stacks.items()
    }


def environments(settings: PolicyPackSettings) -> dict[str, Callable[[], Any]]:
    """What settings say of environments of Pulumi ESC, read where a stack imports them."""

    def reading(given: Path | dict[str, Any]) -> Callable[[], Any]:
        return lambda: read_yaml(settings.folder / given)[0] if isinstance(given, Path) else given

    return {name: reading(given) for name, given in settings.offline.esc.items()}


def _in_file(settings: PolicyPackSettings, name: str, file: Path) -> Outputs:
    from apex_guardrails.sources.stack_outputs import read_outputs

    try:
        return read_outputs(settings.folder / file)
    except UsageError as error:
        raise UsageError(f"{settings.path}: offline.stacks.{name}: {error}") from None
