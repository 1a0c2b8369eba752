"""Which of the program's functions that are given to `apply` did not run, and may make resources.

A function that waits for a value that is not known does not run in a preview. What it would make,
nobody sees. Most make texts: whether one may make resources is read in its code, and in that of
what it calls, before anybody is told of it.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import dis
import functools
import inspect
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pulumi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST = 500
"""Functions that are looked into for one callback."""

SECONDS = 5
"""That the program's end waits to know which outputs are known."""

_NOTHING: Any = object()
_SDK = str(Path(pulumi.__file__ or "").parent)
_LIBRARY = str(Path(functools.__file__).parent)
_MEMBERS = frozenset({"LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"})
_SILENT = frozenset({"CACHE", "COPY_FREE_VARS", "EXTENDED_ARG", "NOP", "PRECALL", "PUSH_NULL"})


class Found(NamedTuple):
    """A function that may not have run.

    Attributes:
        output: what it waits for; `None` where it failed.
        why: what to say of one that failed.
    """

    function: Any
    output: pulumi.Output[Any] | None
    why: str = ""


def members(kind: type) -> Iterator[Any]:
    """The functions of a class."""
    for member in vars(kind).values():
        yield getattr(member, "__func__", member)


def member(owner: Any, name: str) -> Any:
    """A member of a module, a class or an object, without running any of its code."""
    if isinstance(owner, types.ModuleType):
        with contextlib.suppress(Exception):
            return getattr(owner, name, _NOTHING)
        return _NOTHING
    if isinstance(owner, type) and issubclass(owner, pulumi.Resource) and name == "get":
        return _NOTHING  # it reads one that exists
    found = inspect.getattr_static(owner, name, _NOTHING)
    return getattr(found, "__func__", found)


def cells(function: types.FunctionType) -> dict[str, Any]:
    """What a function has of the functions around it."""
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        with contextlib.suppress(ValueError):
            found[name] = cell.cell_contents
    return found


class Names:
    """What a function's code names, as far as it stands outside of it."""

    def __init__(self, outer: dict[str, Any], around: dict[str, Any]) -> None:
        self._outer = outer
        self._local = dict(around)

    def of(self, code: types.CodeType) -> Iterator[Any]:
        """What is named in code: of `a.b.c` the last one."""
        current = _NOTHING
        for step in dis.get_instructions(code):
            if step.opname in _SILENT:
                continue
            if step.opname in _MEMBERS:
                current = _NOTHING if current is _NOTHING else member(current, step.argval)
                continue
            if step.opname.startswith("STORE_") and isinstance(step.argval, str):
                self._local[step.argval] = current
            if current is not _NOTHING:
                yield current
            current = self._begun(step)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield from Names(self._outer, self._local).of(constant)

    def _begun(self, step: dis.Instruction) -> Any:
        """What one instruction puts there."""
        name = step.argval
        if not isinstance(name, str):
            return _NOTHING
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            return self._outer.get(name, _NOTHING)
        if step.opname.startswith(("LOAD_DEREF", "LOAD_FAST")):
            return self._local.get(name, _NOTHING)
        if step.opname == "IMPORT_NAME":
            is_standard = name.partition(".")[0] in _STANDARD
            # Of a module that nobody has imported yet nobody knows what is in it.
            return sys.modules.get(name, _NOTHING if is_standard else pulumi.Resource)
        return _NOTHING


_STANDARD = frozenset(getattr(sys, "stdlib_module_names", ())) | frozenset(sys.builtin_module_names)


def may_make(function: Any, seen: set[int]) -> bool:
    """Whether a function, or what it calls, makes resources.

    Args:
        function: it, or anything that is named in the code of another one.
        seen: what was looked into.
    """
    if isinstance(function, functools.partial):
        given = [function.func, *function.args, *function.keywords.values()]
        return any(may_make(item, seen) for item in given)
    function = inspect.unwrap(getattr(function, "__func__", function))
    if id(function) in seen or len(seen) > MOST:
        return False
    seen.add(id(function))
    if isinstance(function, type):
        if issubclass(function, pulumi.Resource):
            return not issubclass(function, pulumi.StackReference)
        return is_readable(function) and any(may_make(item, seen) for item in members(function))
    if isinstance(function, types.FunctionType):
        if not is_readable(function):
            return False
        names = Names(function.__globals__, cells(function)).of(function.__code__)
        return any(may_make(item, seen) for item in names)
    call = inspect.getattr_static(type(function), "__call__", None)
    return isinstance(call, types.FunctionType) and may_make(call, seen)


def is_readable(function: Any) -> bool:
    """Whether it is neither of Python's own library nor of Pulumi's SDK."""
    code = getattr(function, "__code__", None)
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    file = code.co_filename if code else getattr(module, "__file__", None) or ""
    in_library = file.startswith(_LIBRARY) and "-packages" not in file
    return not (file.startswith((_SDK, "<frozen")) or in_library)


def code_of(function: Any) -> types.CodeType | None:
    """The code of what was given to `apply`; `None` for what is written in another language."""
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(getattr(function, "__func__", function))
    if isinstance(function, type):
        function = inspect.getattr_static(function, "__init__")
    elif not isinstance(function, types.FunctionType):
        function = inspect.getattr_static(type(function), "__call__", None)
    return getattr(function, "__code__", None)


class Callbacks:
    """The functions that the program gave to `apply`.

    Args:
        waited_for: names what an output waits for, by the resources that it depends on.
    """

    def __init__(self, waited_for: Callable[[Any, set[pulumi.Resource]], list[str]]) -> None:
        self._given: list[Found] = []
        self._waited_for = waited_for

    def watch(self) -> None:
        """Has the SDK remember them from now on."""
        output: Any = pulumi.Output
        apply = output.apply

        @functools.wraps(apply)
        def wrapper(waiting: Any, func: Any, *args: Any, **options: Any) -> Any:
            runs_always = options.get("run_with_unknowns", args[:1] == (True,))
            if not runs_always and not is_sdks(func):
                self._given.append(Found(func, waiting))
            return apply(waiting, func, *args, **options)

        output.apply = wrapper

    def failed(self, function: Any, error: Exception) -> None:
        """Takes note of one that could not work with what was assumed."""
        why = f"it cannot work with an answer that is assumed ({type(error).__name__}: {error})"
        self._given.append(Found(function, None, why))

    async def _unrun(self) -> list[dict[str, Any]]:
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for item in self._given:
            waits = item.output
            if waits is not None and await waits.is_known():
                continue
            code = code_of(item.function)
            if code is None or not may_make(item.function, set()):
                continue
            why = item.why
            if waits is not None:
                names = self._waited_for(waits, await waits.resources())
                why = f"it waits for {', '.join(names)}" if names else "its value is not known"
            place = (code.co_filename, code.co_firstlineno)
            name = "" if code.co_name == "<lambda>" else code.co_name
            found[place] = {"file": place[0], "line": place[1], "name": name, "why": why}
        return [found[place] for place in sorted(found)]

    def unrun(self, loop: asyncio.AbstractEventLoop) -> list[dict[str, Any]]:
        """Those that did not run and may make resources: file, line, name and why."""
        return loop.run_until_complete(asyncio.wait_for(self._unrun(), SECONDS))


def is_sdks(function: Any) -> bool:
    """Whether a function is the SDK's own, which makes no resources."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename.startswith(_SDK)
