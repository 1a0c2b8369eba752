"""The Pulumi project under judgement: `Pulumi.yaml`, the stack's file, and the config they make.

Only what is needed to run the program is checked; the rest of the file is Pulumi's own business.
Source: Pulumi's project file reference and `sdk/go/common/workspace` (CLI 3.259).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import working_directory
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import line_of, parse, read_yaml

PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml")

_STACK_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""What Pulumi allows in the name of a stack."""

ConfigType = Literal["string", "integer", "boolean", "array", "object"]


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Runtime(_File):
    """The language of a program, and how it is run."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict)


class Declaration(_File):
    """A config key as `Pulumi.yaml` declares it."""

    type: ConfigType | None = None
    default: Any = None
    value: Any = None
    secret: bool = False
    description: str | None = None


class ProjectFile(_File):
    """`Pulumi.yaml`."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")
    runtime: Runtime
    main: str | None = None
    config: dict[str, Declaration] = Field(default_factory=dict)
    stack_config_dir: str | None = Field(None, alias="stackConfigDir")
    packages: dict[str, Any] = Field(default_factory=dict)
    plugins: dict[str, list[dict[str, Any]] | None] = Field(default_factory=dict)

    @field_validator("runtime", mode="before")
    @classmethod
    def _name_alone(cls, runtime: Any) -> Any:
        return {"name": runtime} if isinstance(runtime, str) else runtime

    @field_validator("config", mode="before")
    @classmethod
    def _value_alone(cls, config: Any) -> Any:
        if not isinstance(config, dict):
            return {} if config is None else config
        return {
            key: item if isinstance(item, dict) else {"value": item, "default": item}
            for key, item in config.items()
        }


class StackFile(_File):
    """`Pulumi.<stack>.yaml`."""

    config: dict[str, Any] = Field(default_factory=dict)

    @field_validator("config", mode="before")
    @classmethod
    def _nothing(cls, config: Any) -> Any:
        return {} if config is None else config


@dataclass(frozen=True)
class Project:
    """A project's folder and its file."""

    root: Path
    file: Path
    content: ProjectFile
    node: yaml.Node | None

    @property
    def name(self) -> str:
        """The project's name."""
        return self.content.name

    @property
    def main(self) -> Path:
        """The program: a file, or a folder with an entry point in it."""
        return (self.root / self.content.main).resolve() if self.content.main else self.root

    def stacks(self) -> list[str]:
        """The stacks that have a file."""
        return sorted(
            match[1]
            for path in self.stack_folder.glob("Pulumi.*.y*ml")
            if (match := re.fullmatch(r"Pulumi\.(.+)\.ya?ml", path.name))
        )

    @property
    def stack_folder(self) -> Path:
        """Where the stacks' files are."""
        folder = self.content.stack_config_dir
        return self.root / folder if folder else self.root

    def stack_file(self, stack: str) -> Path:
        """The file of a stack; where it would be, if no stack here has one.

        To Pulumi a stack without a file has no config of its own. Here that is so only where the
        project has no such files at all: elsewhere the name is likely to be misspelt, and rules for
        another stack would be applied.

        Raises:
            UsageError: other stacks have a file and this one has none, or its name is no name.
        """
        if not _STACK_NAME.fullmatch(stack) or stack in {".", ".."}:
            raise UsageError(
                f"--stack {stack!r}: is not a stack name (letters, digits, hyphens, "
                "underscores and "
                "periods)"
            )
        for ending in ("yaml", "yml"):
            path = self.stack_folder / f"Pulumi.{stack}.{ending}"
            if path.exists():
                return path
        path = self.stack_folder / f"Pulumi.{stack}.yaml"
        known = self.stacks()
        if not known:
            return path
        raise UsageError(
            f"{path}: there is no such file for the stack {stack}{nearest(stack, known)}; "
            "stacks here: "
            f"{', '.join(known)} (for a stack without config, write an empty file)"
        )


@dataclass(frozen=True)
class StackConfig:
    """The config a program gets.

    Attributes:
        values: by full key, such as `gcp:project`; what is not text is JSON.
        secrets: the keys whose values are secret: their values are not known here.
        declared: what `Pulumi.yaml` says of a key.
    """

    values: Mapping[str, str]
    secrets: frozenset[str]
    declared: Mapping[str, Declaration] = field(default_factory=dict)


def load_project(program: Path) -> Project:
    """The project in a folder.

    Raises:
        UsageError: the folder, or its `Pulumi.yaml`, is missing or not valid.
    """
    if working_directory() is None and not program.is_absolute():
        raise UsageError("the working directory no longer exists; change to another folder")
    if not program.is_dir():
        raise UsageError(f"--program {program}: there is no such folder")
    path = next((program / name for name in PROJECT_FILES if (program / name).exists()), None)
    if path is None:
        raise UsageError(
            f"{program / PROJECT_FILES[0]}: the file does not exist; --program names its folder"
        )
    content, node = read_yaml(path)
    parsed = parse(path, ProjectFile, content, node)
    project = Project(program.resolve(), path, parsed, node)
    if parsed.main and not project.main.exists():
        line = line_of(node, ("main",))
        raise UsageError(f"{path}:{line}: main: {parsed.main} does not exist")
    return project


def load_config(project: Project, stack: str) -> StackConfig:
    """The config of a stack: its file's, if there is one, over what the project declares.

    Raises:
        UsageError: the stack file is missing or not valid, or required keys have no value.
    """
    path = project.stack_file(stack)
    content, node = read_yaml(path) if path.exists() else (None, None)
    stack_file = parse(path, StackFile, {} if content is None else content, node)
    values: dict[str, str] = {}
    secrets: set[str] = set()
    declared = {
        _full_key(project, key): declaration for key, declaration in project.content.config.items()
    }
    for key, declaration in declared.items():
        default = declaration.value if declaration.default is None else declaration.default
        if declaration.secret:
            secrets.add(key)
        if default is not None:
            values[key] = _text(default)
    for key, value in stack_file.config.items():
        full = _full_key(project, key)
        if isinstance(value, dict) and set(value) == {"secure"}:
            secrets.add(full)
        else:
            declaration = declared.get(full, Declaration())
            violation = (
                "must be encrypted, as it is declared secret: "
                f"pulumi config set --secret --stack {stack} {key}"
                if declaration.secret
                else _mismatch(declaration, value)
            )
            if violation:
                line = line_of(node, ("config", key))
                raise UsageError(f"{path}:{line}: config.{key}: {violation}")
            if _holds_secure(value):
                # Which part is secret is known only when it is decrypted: all of it counts.
                secrets.add(full)
            values[full] = _text(value)
    missing = [
        key
        for key, declaration in declared.items()
        if key not in values and not declaration.secret and key.startswith(f"{project.name}:")
    ]
    if missing:
        lines = [f"{path}: required config is missing:"]
        lines += [_set_line(project, stack, key, declared[key]) for key in missing]
        raise UsageError("\n".join(lines))
    return StackConfig(values, frozenset(secrets), declared)


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


def _holds_secure(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(map(_holds_secure, value.values()))
    return isinstance(value, list) and any(map(_holds_secure, value))


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
