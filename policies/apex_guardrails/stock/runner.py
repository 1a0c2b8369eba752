"""Serves the stock policies in a file or folder by Pulumi's own server, `pulumi_policy.PolicyPack`.

Started by `process.py` beside, with what settings name and the number of a pipe. On the pipe it
writes lines of JSON: `{"port": 1}` when it serves, `{"ready": true}` when it has taken over an
environment, or `{"error": "...", "file": "...", "line": 1}`. Lines that it reads on standard input
are environments; at the end of the input it ends. Standard output is standard error: what policies
print is for people.

Runs in the policies' own environment: the standard library and `pulumi_policy` alone.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import os
import runpy
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn

# This file's folder is none that policies import from.
sys.path[:] = [entry for entry in sys.path if entry != str(Path(__file__).parent)]

import pulumi_policy  # noqa: E402
import pulumi_policy.policy  # noqa: E402
from pulumi_policy import Policy  # noqa: E402

_GENUINE = pulumi_policy.PolicyPack


class _Defined(BaseException):
    """A policy pack was defined; its program is not to go on, as it never does."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__()
        self.arguments = arguments
        self.named = named


class _Port(io.RawIOBase):
    """Where the server writes its port, in the place of standard output."""

    def __init__(self, pipe: int) -> None:
        super().__init__()
        self._pipe = pipe

    @property
    def buffer(self) -> _Port:
        """The server writes bytes."""
        return self

    def write(self, data: Any) -> int:
        """Tells the port, once; all that comes later is what policies print."""
        sys.stdout = sys.stderr
        _tell(self._pipe, port=int(bytes(data).decode()))
        return len(data)


def _tell(pipe: int, **said: Any) -> None:
    os.write(pipe, json.dumps(said).encode() + b"\n")


def _refuse(*_arguments: Any, **_named: Any) -> NoReturn:
    raise _Defined(*_arguments, **_named)


def _policies(path: Path, member: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """How the server is called for what a file, a folder or a module has."""
    if member:
        module = importlib.import_module(str(path))
        return (), {"name": member, "policies": _listed([getattr(module, member)])}
    pack = path / "PulumiPolicy.yaml"
    if path.is_dir() and not pack.is_file():
        found: list[Any] = []
        sys.path.insert(0, str(path))
        for file in sorted(path.glob("*.py")):
            if not file.name.startswith("_"):
                found += _listed(runpy.run_path(str(file)).values())
        return (), {"name": _name(path), "policies": _unique(found)}
    vars(pulumi_policy)["PolicyPack"] = vars(pulumi_policy.policy)["PolicyPack"] = _refuse
    if not path.is_dir():
        sys.path.insert(0, str(path.parent))
    try:
        content = runpy.run_path(str(path), run_name="__main__")
    except _Defined as defined:
        return defined.arguments, defined.named
    return (), {"name": _name(path), "policies": _unique(_listed(content.values()))}


def _listed(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += value if isinstance(value, list | tuple) else [value]
    return [value for value in found if isinstance(value, Policy)]


def _unique(policies: list[Any]) -> list[Any]:
    return list({id(policy): policy for policy in policies}.values())


def _name(path: Path) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in path.stem)


def _take_over(pipe: int) -> None:
    """Takes over each environment that it is given, and ends with whoever gives them."""
    for line in sys.stdin:
        os.environ.update(json.loads(line))
        _tell(pipe, ready=True)
    os._exit(0)


def main() -> None:
    """Serves until its standard input ends."""
    path, member, pipe = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    sys.stdout = sys.stderr
    os.dup2(2, 1)
    sys.argv[:] = [str(path)]
    try:
        arguments, named = _policies(path, member)
        threading.Thread(target=_take_over, args=[pipe], daemon=True).start()
        vars(sys)["stdout"] = _Port(pipe)
        if not arguments and not named["policies"]:
            raise LookupError("there is no stock policy, and no list of them")  # noqa: TRY301
        _GENUINE(*arguments, **named)
    except BaseException as error:  # noqa: BLE001 whatever it is, whoever started this must know
        sys.stdout = sys.stderr
        _tell(pipe, **_place(error, path))
        os._exit(1)


def _place(error: BaseException, path: Path) -> dict[str, Any]:
    text = str(error).strip().splitlines()
    what = f"{text[0]} ({type(error).__name__})" if text else type(error).__name__
    if isinstance(error, SyntaxError):
        return {"error": f"{error.msg} (SyntaxError)", "file": error.filename, "line": error.lineno}
    root = path if path.is_dir() else path.parent
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(root) and "site-packages" not in frame.filename:
            return {"error": what, "file": frame.filename, "line": frame.lineno}
    return {"error": what, "file": str(path), "line": None}


if __name__ == "__main__":
    main()
