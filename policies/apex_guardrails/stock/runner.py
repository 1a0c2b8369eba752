"""Serves the stock policies in a file or folder by Pulumi's own server, `pulumi_policy.PolicyPack`.

Started by `process.py` beside, with what settings name and the number of a pipe. On the pipe it
writes lines of JSON: `{"port": 1}` when it serves, `{"ready": true}` when it has taken over an
environment, or `{"error": "...", "file": "...", "line": 1}`, with `"absent": true` where there is
no such module or list. Lines that it reads on standard input
are environments; at the end of the input it ends. Standard output is standard error: what policies
print is for people.

Runs in the policies' own environment: the standard library and `pulumi_policy` alone.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import io
import json
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
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


class _NothingError(Exception):
    """There is no policy to serve; the text says it all."""


class _AbsentError(_NothingError):
    """What the settings name is not there."""


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
        return (), {"name": member, "policies": _listed([_installed(str(path), member)])}
    if path.is_dir():
        found: list[Any] = []
        sys.path.insert(0, str(path))
        for file in sorted(path.glob("*.py")):
            if not file.name.startswith("_"):
                found += _listed(runpy.run_path(str(file)).values())
        return (), {"name": _name(path), "policies": _unique(found)}
    vars(pulumi_policy)["PolicyPack"] = vars(pulumi_policy.policy)["PolicyPack"] = _refuse
    sys.path.insert(0, str(path.parent))
    try:
        content = runpy.run_path(str(path), run_name="__main__")
    except _Defined as defined:
        return defined.arguments, defined.named
    return (), {"name": _name(path), "policies": _unique(_listed(content.values()))}


def _installed(name: str, member: str) -> Any:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise _AbsentError(
            f"there is no module {name} in {sys.prefix}: install it there, or name a file or folder"
        ) from None
    if not hasattr(module, member):
        raise _AbsentError(f"the module {name} has no {member}")
    return getattr(module, member)


def _listed(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += value if isinstance(value, list | tuple) else [value]
    return [value for value in found if isinstance(value, Policy)]


def _unique(policies: list[Any]) -> list[Any]:
    return list({id(policy): policy for policy in policies}.values())


def _name(path: Path) -> str:
    name = path.parent.name if path.stem == "__main__" else path.stem
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in name)


def _tell_where(policy: Policy, root: Path | None) -> None:
    """Has what a policy raises say what it is and where; the server passes on its text alone."""
    for name in ("validate", "remediate"):
        asked = getattr(policy, name, None)
        if asked is not None:
            vars(policy)[name] = _told(asked, root)


def _told(asked: Callable[..., Any], root: Path | None) -> Callable[..., Any]:
    @contextmanager
    def telling() -> Iterator[None]:
        try:
            yield
        except (Exception, SystemExit) as error:
            if type(error).__module__.partition(".")[0] == "pulumi_policy":
                raise  # a value that is not known, or that the policy does not apply
            # Of several validators at once the server raises another one, from the first.
            cause = error.__cause__ if str(error).startswith("Validation failed: ") else None
            raise RuntimeError(_said(cause or error, root)) from None

    async def awaited(result: Awaitable[Any]) -> Any:
        with telling():
            return await result

    def ask(*arguments: Any) -> Any:
        with telling():
            result = asked(*arguments)
        return awaited(result) if inspect.isawaitable(result) else result

    return ask


def _said(error: BaseException, root: Path | None) -> str:
    what, kind = _what(error)
    file, line = _where(error, root)
    if file is not None and root is not None:
        file = os.path.relpath(file, root)
    named = ", ".join(part for part in (kind, file and f"{file}:{line}") if part)
    return f"{what} ({named})" if named else what


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
    root = None if member else path if path.is_dir() else path.parent
    try:
        arguments, named = _policies(path, member)
        threading.Thread(target=_take_over, args=[pipe], daemon=True).start()
        vars(sys)["stdout"] = _Port(pipe)
        if not arguments and not named["policies"]:
            raise _NothingError(_nothing(path))  # noqa: TRY301
        for policy in named.get("policies") or (arguments[1:2] and arguments[1]):
            _tell_where(policy, root)
        _GENUINE(*arguments, **named)
    except BaseException as error:  # noqa: BLE001 whatever it is, whoever started this must know
        sys.stdout = sys.stderr
        _tell(pipe, **_place(error, path, root))
        os._exit(1)


def _nothing(path: Path) -> str:
    said = "there is no stock policy, and no list of them"
    if path.is_dir() and any("apex_guardrails" in file.read_text() for file in path.glob("*/*.py")):
        said += "; a folder with rules of your own belongs under own_rules"
    return said


def _place(error: BaseException, path: Path, root: Path | None) -> dict[str, Any]:
    if isinstance(error, _NothingError):
        absent = {"absent": True} if isinstance(error, _AbsentError) else {}
        return {"error": str(error), "file": str(path), "line": None, **absent}
    if isinstance(error, SyntaxError):
        return {"error": f"{error.msg} (SyntaxError)", "file": error.filename, "line": error.lineno}
    what, kind = _what(error)
    file, line = _where(error, root)
    said = f"{what} ({kind})" if kind else what
    return {"error": said, "file": file or str(path), "line": line}


def _what(error: BaseException) -> tuple[str, str]:
    """What was raised in words, and its type where that says more."""
    if isinstance(error, SystemExit):
        return "sys.exit() was called", ""
    text = str(error).strip().splitlines()
    kind = type(error).__name__
    return (text[0], kind) if text else (kind, "")


def _where(error: BaseException, root: Path | None) -> tuple[str | None, int | None]:
    """The innermost line of the policies, or of their module's, that raised something."""
    ours = {__file__, importlib.__file__, runpy.__file__, pulumi_policy.policy.__file__}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if root is None:
            is_theirs = frame.filename not in ours and not frame.filename.startswith("<")
        else:
            in_root = Path(frame.filename).is_relative_to(root)
            is_theirs = in_root and "site-packages" not in frame.filename
        if is_theirs:
            return frame.filename, frame.lineno
    return None, None


if __name__ == "__main__":
    main()
