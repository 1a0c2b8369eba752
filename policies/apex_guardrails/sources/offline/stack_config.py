"""The config of a stack: what its file, the project and the environments of ESC make.

Source: Pulumi's project file reference and `sdk/go/common/workspace` (CLI 3.259).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from apex_guardrails.sources.offline.esc import Opened, Read, open_environment
from apex_guardrails.sources.offline.project import Declaration, Project
from apex_guardrails.sources.offline.secure import holds_secure, is_secure
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import line_of, parse, read_yaml


class StackFile(BaseModel):
    """`Pulumi.<stack>.yaml`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    config: dict[str, Any] = Field(default_factory=dict)
    environment: list[Any] | dict[str, Any] | None = None

    @field_validator("config", mode="before")
    @classmethod
    def _nothing(cls, config: Any) -> Any:
        return {} if config is None else config


@dataclass(frozen=True)
class StackConfig:
    """The config a program gets.

    Attributes:
        values: by full key, such as `gcp:project`; what is not text is JSON.
        secrets: the keys whose values are secret: their values are not known here.
        declared: what `Pulumi.yaml` says of a key.
        shapes: of keys that are secret in part, their values, with the secret parts marked.
        variables: the environment variables that ESC gives; what is secret is marked.
        files: what is in the files that ESC gives, by the variable that names one; marked, too.
        notes: what is not known here of it.
        places: by key, where the value is written, as people say it.
    """

    values: Mapping[str, str]
    secrets: frozenset[str]
    declared: Mapping[str, Declaration] = field(default_factory=dict)
    shapes: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    places: Mapping[str, str] = field(default_factory=dict)


def load_config(
    project: Project, stack: str, environments: Mapping[str, Read] | None = None
) -> StackConfig:
    """The config of a stack: its file's, if there is one, over what ESC and the project give.

    Args:
        project: the program's.
        stack: the stack's name.
        environments: by name, what reads what settings say of environments of Pulumi ESC.

    Raises:
        UsageError: the stack file is missing or not valid, or required keys have no value.
    """
    path = project.stack_file(stack)
    content, node = read_yaml(path) if path.exists() else (None, None)
    stack_file = parse(path, StackFile, {} if content is None else content, node)
    opened = open_environment(stack_file.environment or [], environments or {})
    notes = _unopened(f"{path}:{line_of(node, ('environment',))}", opened)
    declared = {
        _full_key(project, key): declaration for key, declaration in project.content.config.items()
    }
    taken = _Taken()
    for key, declaration in declared.items():
        default = declaration.value if declaration.default is None else declaration.default
        if declaration.secret:
            taken.secrets.add(key)
        if default is not None:
            taken.values[key] = _text(default)
            taken.places[key] = project.file.name
    for key, value in opened.config.items():
        taken.take(_full_key(project, key), value, "an ESC environment")
    for key, value in stack_file.config.items():
        full = _full_key(project, key)
        if not is_secure(value):
            _check_declared(declared.get(full, Declaration()), stack, key, value, path, node)
        taken.take(full, value, f"{path.name}:{line_of(node, ('config', key))}")
    values = taken.values
    missing = [
        key
        for key, declaration in declared.items()
        if key not in values and not declaration.secret and key.startswith(f"{project.name}:")
    ]
    if missing:
        lines = [f"{path}: required config is missing:"]
        lines += [_set_line(project, stack, key, declared[key]) for key in missing]
        raise UsageError("\n".join([*lines, *notes]))
    return StackConfig(
        values,
        frozenset(taken.secrets),
        declared,
        taken.shapes,
        opened.variables,
        opened.files,
        notes,
        taken.places,
    )


@dataclass
class _Taken:
    """Config as it is put together, what comes later over what was there."""

    values: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    shapes: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def take(self, key: str, value: Any, place: str) -> None:
        """A value by its full key, and where it is written."""
        self.places[key] = place
        self.shapes.pop(key, None)
        if holds_secure(value):
            self.secrets.add(key)
            if not is_secure(value) or not isinstance(value["secure"], str | None):
                self.shapes[key] = value
        if not is_secure(value):
            self.values[key] = _text(value)


def _check_declared(  # noqa: PLR0913, PLR0917 a value, and what is said of it
    declaration: Declaration, stack: str, key: str, value: Any, path: Path, node: yaml.Node | None
) -> None:
    """Holds a value that is not encrypted against what the project declares.

    Raises:
        UsageError: it does not fit.
    """
    violation = (
        "must be encrypted, as it is declared secret: "
        f"pulumi config set --secret --stack {stack} {key}"
        if declaration.secret
        else _mismatch(declaration, value)
    )
    if violation:
        raise UsageError(f"{path}:{line_of(node, ('config', key))}: config.{key}: {violation}")


def _unopened(where: str, opened: Opened) -> list[str]:
    """What is not known of the environments that a stack imports."""
    notes = [
        f"{where}: environment: the values of {name} are not known here: write them down with "
        f"`esc env open {name} --format detailed`, and name the file in policy-pack.yaml "
        f"(offline.esc: {{{name}: FILE}})"
        for name in opened.missing
    ]
    if opened.unknown:
        notes.append(
            f"{where}: environment: only ESC opens {', '.join(opened.unknown)}: give offline.esc "
            "what `esc env open` prints"
        )
    return notes


def _set_line(project: Project, stack: str, key: str, declaration: Declaration) -> str:
    """The command that gives a key a value."""
    name = key.removeprefix(f"{project.name}:")
    # Parts of a list or an object are set one by one.
    what = {
        "array": f"--path '{name}[0]' <value>",
        "object": f"--path '{name}.<key>' <value>",
    }.get(declaration.type or "", f"{name} <{declaration.type or 'value'}>")
    about = " ".join((declaration.description or "").split())
    return f"  pulumi config set --stack {stack} {what}" + (f"   # {about}" if about else "")


def _full_key(project: Project, key: str) -> str:
    return key if ":" in key else f"{project.name}:{key}"


def _text(value: Any) -> str:
    """A value as the program gets it: text as it is, everything else as the JSON of Go."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, separators=(",", ":"), sort_keys=True, default=str)


def _mismatch(declaration: Declaration, value: Any) -> str | None:
    """What is wrong with a value of a declared type; text that reads as the type is right too."""
    expected = declaration.type
    fits = {
        None: True,
        "string": not isinstance(value, dict | list),
        "integer": (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, str) and bool(re.fullmatch(r"[+-]?\d+", value))),
        "boolean": isinstance(value, bool) or value in ("true", "false"),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
    }
    return None if fits[expected] else f"expected a value of type {expected}"
