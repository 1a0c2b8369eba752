"""Says what a program failed with: from its own first line on, and what helps.

An error may be raised where no frame is the program's: in a callback that is a library's, or when
the SDK sends a resource later. Then the call that it is of is named.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import contextlib
import functools
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import output
from pulumi.runtime.rpc_manager import RPCManager

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = tuple[str, int]
    """File and line."""

CALL = "_apex_call"
"""On an error: the program's call that it is of."""


def remember_calls(own_call: Callable[[], Call | None]) -> None:
    """Has errors of what the SDK does later name the program's call.

    Args:
        own_call: the program's innermost call under way.
    """
    of_rpcs: Any = RPCManager
    of_outputs: Any = pulumi.Output
    do_rpc, apply = of_rpcs.do_rpc, of_outputs.apply

    @functools.wraps(do_rpc)
    def named_rpc(self: Any, name: str, function: Callable[..., Any]) -> Any:
        call = own_call()

        async def named(*args: Any, **kwargs: Any) -> Any:
            try:
                return await function(*args, **kwargs)
            except Exception as error:
                _note(error, call)
                raise

        return do_rpc(self, name, named)

    @functools.wraps(apply)
    def named_apply(self: Any, func: Callable[[Any], Any], *args: Any, **kwargs: Any) -> Any:
        return apply(self, _named(func, own_call()), *args, **kwargs)

    def joining(join: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(join)
        def named_join(*args: Any) -> Any:
            *outputs, func = args
            return join(*outputs, _named(func, own_call()))

        return named_join

    of_rpcs.do_rpc, of_outputs.apply = named_rpc, named_apply
    # What formats texts joins outputs by functions of its own, where the SDK is not old.
    for name in ("_map2_output", "_map3_output"):
        join = getattr(output, name, None)
        if join is not None:
            setattr(output, name, joining(join))


def _named(func: Callable[..., Any], call: Call | None) -> Callable[..., Any]:
    """A function whose errors name a call of the program's."""

    def named(*args: Any) -> Any:
        try:
            return func(*args)
        except Exception as error:
            _note(error, call)
            raise

    return named


def _note(error: Exception, call: Call | None) -> None:
    if call is not None and not hasattr(error, CALL):
        with contextlib.suppress(AttributeError):
            setattr(error, CALL, call)


def own_traceback(error: BaseException, is_own: Callable[[str], bool]) -> str:
    """The traceback from the program's own first line on.

    Args:
        error: what the program failed with.
        is_own: whether a file is the program's.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = (index for index, frame in enumerate(frames) if is_own(frame.filename))
    start = next(own, len(frames))
    ours = str(Path(__file__).parent)
    shown = [frame for frame in frames[start:] if not frame.filename.startswith(ours)]
    lines = traceback.format_list(shown)
    said = "".join(traceback.format_exception_only(type(error), error))
    if lines:
        return "".join(["Traceback (most recent call last):\n", *lines, said])
    call = getattr(error, CALL, None)
    where = f"{call[0]}:{call[1]}: " if call else ""
    if isinstance(error, RecursionError):
        return (
            f"{where}an input, an output or an argument is nested more deeply than Pulumi's SDK "
            f"can pass on ({error}): look for a value with hundreds of levels"
        )
    return f"{where}{said}"


def _where(error: BaseException, is_own: Callable[[str], bool]) -> str:
    """File and line of the program's innermost frame, as the beginning of a message."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_own(frame.filename)]
    return f"{own[-1].filename}:{own[-1].lineno}: " if own else ""


def refused(error: pulumi.RunError, is_own: Callable[[str], bool]) -> str:
    """What Pulumi, or the program by its means, says without a traceback, and where."""
    where, said = _where(error, is_own), str(error)
    return said if said.startswith(where) else f"{where}{said}"


def leaving(error: SystemExit, is_own: Callable[[str], bool]) -> str:
    """What a program that ended itself said, where it said so."""
    where = _where(error, is_own)
    code = error.code
    if isinstance(code, int) or code is None:
        return f"{where}the program exited with code {int(code or 0)}"
    return f'{where}the program exited and said "{code}"'


def hints(
    error: BaseException, variables: Any, placeholders: Any, is_own: Callable[[str], bool]
) -> list[str]:
    """What helps against an error.

    Args:
        error: what the program failed with.
        variables: which of the environment it was not given (`python_variables`).
        placeholders: what stands for its secret config (`python_placeholders`).
        is_own: whether a file is the program's.
    """
    found: dict[str, None] = dict.fromkeys(variables.hints(error))
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        found.update(dict.fromkeys(placeholders.hints(link, is_own)))
        if isinstance(link, ModuleNotFoundError) and link.name == "pkg_resources":
            # Pulumi's own packages import it, until 2023.
            found[
                "pkg_resources is part of setuptools until version 80: install 'setuptools<81'"
            ] = None
        elif isinstance(link, ModuleNotFoundError):
            found["`apex doctor` names the command that installs what the program requires"] = None
        link = link.__cause__ or link.__context__
    return list(found)
