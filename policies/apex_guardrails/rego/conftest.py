"""Conftest as a program: where it is, how it is run, and what it answers.

Its JSON and its convention, rules called `deny`, `violation` and `warn`, with a name behind an
underscore or none, are those of conftest 0.71 (`policy/engine.go`, `output/result.go`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apex_guardrails.support.errors import OwnRulesError

PROGRAM: Final = "conftest"
SECONDS: Final = 120.0
_ALLOWED: Final = ("HOME", "LANG", "PATH", "SYSTEMROOT", "TMPDIR")
_PLACE: Final = re.compile(r"(?P<file>/[^\n]*?\.rego):(?P<line>\d+): (?P<what>[^\n]+)")
_QUERY: Final = "data."


@dataclass(frozen=True)
class Result:
    """What one rule of a policy says.

    Attributes:
        entry: the rule with its package, such as `main.deny`.
        message: the text of it.
        about: what the policy says besides, such as `urn` or `address`.
    """

    entry: str
    message: str
    about: Mapping[str, Any]


def find() -> str | None:
    """Conftest on PATH."""
    return shutil.which(PROGRAM)


def ask(program: str, folder: Path, document: str) -> Sequence[Result]:
    """What the policies in a folder say of a document.

    Raises:
        OwnRulesError: they cannot be compiled or asked; with file and line where conftest says it.
    """
    command = [
        *(program, "test", "--no-color", "--all-namespaces", "--no-fail"),
        *("--output", "json", "--parser", "json", "--policy", str(folder.absolute()), "-"),
    ]
    variables = {name: os.environ[name] for name in _ALLOWED if name in os.environ}
    # In a folder of its own: where it works it looks for settings.
    with tempfile.TemporaryDirectory(prefix="apex-rego-") as here:
        try:
            done = subprocess.run(
                command,
                cwd=here,
                env=variables,
                input=document,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise OwnRulesError(f"{folder}: took longer than {SECONDS:.0f} seconds") from None
        except OSError as error:
            raise OwnRulesError(f"{program}: cannot be started: {error.strerror}") from None
    try:
        answers = json.loads(done.stdout)
    except ValueError:
        raise OwnRulesError(_why(folder, done.stderr or done.stdout)) from None
    if not isinstance(answers, list):
        raise OwnRulesError(f"{folder}: conftest has found no policy in it")
    return [
        _result(item)
        for answer in answers
        for kind in ("failures", "warnings")
        for item in answer.get(kind, ())
    ]


def _result(item: Mapping[str, Any]) -> Result:
    about = dict(item.get("metadata", {}))
    query = str(about.pop("query", ""))
    return Result(query.removeprefix(_QUERY), str(item["msg"]), about)


def _why(folder: Path, said: str) -> str:
    place = _PLACE.search(said)
    if place:
        return f"{place['file']}:{place['line']}: the policy cannot be compiled: {place['what']}"
    lines = [line for line in said.strip().splitlines() if line]
    return f"{folder}: conftest failed: {lines[-1] if lines else 'without a word'}"
