"""The Pulumi project under judgement: `Pulumi.yaml`, and which stacks it has.

Only what is needed to run the program is checked; the rest of the file is Pulumi's own business.
Source: Pulumi's project file reference and `sdk/go/common/workspace` (CLI 3.259).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import working_directory
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import line_of, parse, read_yaml

PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml")

OTHERS_FOLDERS: Final = frozenset({"site-packages", "dist-packages", "node_modules", "vendor"})
"""Folders in a project that hold other people's code."""

DEFAULT_STACK: Final = "dev"
"""The stack that is meant where nobody names one."""

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

    @property
    def program_folder(self) -> Path:
        """The folder that the program is in: `main` may name a file of it."""
        return self.main if self.main.is_dir() else self.main.parent

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
            f"{', '.join(known)}; --stack chooses one (for a stack without config, write an "
            "empty file)"
        )


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
            f"{program / PROJECT_FILES[0]}: the file does not exist; --program names its folder, "
            "and `apex doctor` finds the programs below this one"
        )
    content, node = read_yaml(path)
    parsed = parse(path, ProjectFile, content, node)
    project = Project(program.resolve(), path, parsed, node)
    if parsed.main and not project.main.exists():
        line = line_of(node, ("main",))
        raise UsageError(f"{path}:{line}: main: {parsed.main} does not exist")
    return project
