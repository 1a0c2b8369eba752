"""Answers of functions for the settings: from states that have what is looked up, else to fill in.

Neither a preview's output nor a state says what a function returned. But what is looked up is often
a resource of another stack, and what the function returns of it is in that stack's state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from apex_guardrails.gcp.secret_outputs import SECRET_OUTPUTS
from apex_guardrails.model import Resource
from apex_guardrails.model.assumed import AssumedAnswer
from apex_guardrails.model.value import has_secrets
from apex_guardrails.provider.functions import result_form
from apex_guardrails.runs.preview import run_offline
from apex_guardrails.sources.state import read_state
from apex_guardrails.support.errors import ProgramError
from apex_guardrails.wire import plain

_KINDS: Final = {"s": "text", "n": "number", "b": "true or false"}


@dataclass(frozen=True)
class Recorded:
    """What was recorded.

    Attributes:
        text: for policy-pack.yaml, as YAML.
        found: how many answers came from a state.
        missing: how many have still to be filled in.
    """

    text: str
    found: int
    missing: int


def record_answers(
    program: Path, stack: str, settings_file: Path | None, timeout: float, states: Sequence[Path]
) -> Recorded:
    """Runs a program, and records what it asks for and nobody here knows.

    Args:
        program: the folder with the `Pulumi.yaml`.
        stack: the stack's name.
        settings_file: instead of the one that would be found.
        timeout: seconds that the program may take.
        states: of stacks that may have what is looked up.

    Raises:
        UsageError: a file is missing or not valid.
        ProgramError: the program failed before it asked for anything.
    """
    known = [(file, read_state(file).stack) for file in states]
    run = run_offline(program, stack, settings_file, timeout)
    asked = sorted(run.stack.assumed, key=lambda item: (item.token, item.arguments))
    if run.failure is not None and not asked:
        raise ProgramError(f"the program failed, and nothing is recorded:\n{run.failure}")
    lines: list[str] = []
    found = 0
    for answer in asked:
        source = next(
            (
                (file, resource)
                for file, other in known
                for resource in other
                if _is_looked_up(resource, answer)
            ),
            None,
        )
        found += source is not None
        lines += _of_state(answer, *source) if source else _to_fill_in(answer)
    head = ["offline:", "  functions:"] if lines else []
    text = "\n".join([*head, *(f"    {line}" for line in lines)])
    redacted = run.stack.secret_config.redact(text)
    return Recorded(f"{redacted}\n" if lines else "", found, len(asked) - found)


def _type_of(token: str) -> str:
    """The type that a function looks up, such as `gcp:compute/network:Network`."""
    package, module, name = token.split(":")
    kind = name.removeprefix("get")
    return f"{package}:{module.partition('/')[0]}/{kind[:1].lower()}{kind[1:]}:{kind}"


def _is_looked_up(resource: Resource, answer: AssumedAnswer) -> bool:
    """Whether a resource is what a call asks for: it has all that the call says of it."""
    arguments = json.loads(answer.arguments)
    outputs = resource.outputs or {}
    return (
        bool(arguments)
        and resource.type.token == _type_of(answer.token)
        and all(outputs.get(name) == value for name, value in arguments.items())
    )


def _call(answer: AssumedAnswer) -> dict[str, Any]:
    return {"token": answer.token, "arguments": json.loads(answer.arguments)}


def _of_state(answer: AssumedAnswer, file: Path, resource: Resource) -> Iterator[str]:
    """An answer with what a state has of it, without secrets."""
    outputs: Mapping[str, Any] = resource.outputs or {}
    secret = SECRET_OUTPUTS.get(answer.token, ())
    names = [name for name in result_form(answer.token) or {} if name in outputs]
    result = {
        name: plain(outputs[name])
        for name in names
        if name not in secret and not has_secrets(outputs[name])
    }
    yield f"# {file.name}: {resource.type.token} {resource.name}"
    yield from _written([{**_call(answer), "result": result}])


def _to_fill_in(answer: AssumedAnswer) -> Iterator[str]:
    """An answer that somebody has to write, with the members that it has."""
    form = result_form(answer.token) or {}
    # A secret has no business in settings.
    secret = SECRET_OUTPUTS.get(answer.token, ())
    members = [
        f"{name} ({_KINDS[kind]})"
        for name, kind in form.items()
        if isinstance(kind, str) and kind in _KINDS and name not in secret
    ]
    yield f"# to be filled in; it may have {', '.join(members) or 'any members'}"
    yield from (f"# {line}" for line in _written([{**_call(answer), "result": {}}]))


def _written(content: Any) -> list[str]:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)
    return text.splitlines()
