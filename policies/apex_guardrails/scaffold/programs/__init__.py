"""The programs that a case stands for, one module for each language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from apex_guardrails.scaffold.programs.case_program import NoProgramError, Program, program_of
from apex_guardrails.scaffold.programs.go import go_source
from apex_guardrails.scaffold.programs.pulumi_yaml import yaml_source
from apex_guardrails.scaffold.programs.python import python_source
from apex_guardrails.scaffold.programs.typescript import typescript_source

__all__ = ["LANGUAGES", "Language", "NoProgramError", "Program", "program_of"]


@dataclass(frozen=True)
class Language:
    """A language that programs are shown in.

    Attributes:
        name: as people write it.
        ending: of its files.
        runtime: what `Pulumi.yaml` calls it.
        source: writes a program.
    """

    name: str
    ending: str
    runtime: str
    source: Callable[[Program], str]


LANGUAGES: Final = {
    "python": Language("Python", ".py", "python", python_source),
    "typescript": Language("TypeScript", ".ts", "nodejs", typescript_source),
    "go": Language("Go", ".go", "go", go_source),
    "yaml": Language("YAML", ".yaml", "yaml", yaml_source),
}
"""By what a block of code is called in Markdown."""
