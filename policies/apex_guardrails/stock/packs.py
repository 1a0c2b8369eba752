"""What the `PulumiPolicy.yaml` of a policy pack says: what is run, and by which Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import read_yaml

FILE: Final = "PulumiPolicy.yaml"

_PYTHON: Final = "python"
_PROGRAM: Final = "__main__.py"


@dataclass(frozen=True)
class Pack:
    """A policy pack in Python.

    Attributes:
        program: the file that is run.
        python: the interpreter of its own environment; `None` where it names none that is there.
    """

    program: Path
    python: Path | None


def pack_in(folder: Path, where: str) -> Pack | None:
    """The policy pack in a folder; `None` where it is none.

    Args:
        folder: the folder.
        where: what names it in the settings, for messages.

    Raises:
        UsageError: it is in another language, has no program, or its file is not valid.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    content, _ = read_yaml(file)
    said: Mapping[str, Any] = content if isinstance(content, dict) else {}
    runtime = said.get("runtime", _PYTHON)
    options: Any = {}
    if isinstance(runtime, dict):
        runtime, options = runtime.get("name", _PYTHON), runtime.get("options")
    if runtime != _PYTHON:
        raise UsageError(
            f"{where}: {file}: runtime {runtime}: only policy packs in Python can be asked"
        )
    program = folder / str(said.get("main") or "")
    if program.suffix != ".py":
        program /= _PROGRAM
    if not program.is_file():
        raise UsageError(
            f"{where}: {folder}: has no {program.relative_to(folder)}, which defines the pack; "
            f"where there are only files with policies, take {FILE} out"
        )
    named = options.get("virtualenv") if isinstance(options, dict) else None
    python = folder / str(named or "venv") / "bin" / "python"
    return Pack(program, python if python.is_file() else None)
