"""Runs a Python program in the program's own environment; started by the launcher beside it.

Only the standard library and the program's own Pulumi SDK are there: nothing of ours is imported.
The instructions come as one line of JSON on standard input, once the monitor is up; by then the
SDK is imported. Exit codes: 0, the program ran to its end; 1, it failed and the monitor was told.
"""

from __future__ import annotations

import sys

# This file's folder is none of the program's business, and its names must hide no module.
sys.path[:1] = []

import asyncio  # noqa: E402
import contextvars  # noqa: E402
import functools  # noqa: E402
import importlib.util  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import runpy  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

try:
    import pulumi
    import pulumi.runtime
except ModuleNotFoundError as error:
    if error.name != "pulumi":
        raise
    sys.exit(
        f"the program's environment has no Pulumi SDK ({sys.executable}): install the program's "
        "requirements into it (`apex doctor` names the command)"
    )

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def is_own(file: Path, folder: Path) -> bool:
    """Whether a file is the program's, and not of an environment that may lie in its folder."""
    return is_own_name(str(file), str(folder))


@functools.cache
def is_own_name(name: str, folder: str) -> bool:
    """The same by their names; it is asked of every frame."""
    file = Path(name)
    # What is frozen into Python has no path: it would seem to lie in the working directory.
    if not (file.is_absolute() and file.is_relative_to(folder)):
        return False
    return not {"site-packages", "dist-packages"}.intersection(file.parts)


def folder_of(program: Path) -> Path:
    """Where the program's own files are."""
    return program if program.is_dir() else program.parent


def own_call(program: Path) -> tuple[str, int] | None:
    """File and line of the program's innermost call under way."""
    folder = str(folder_of(program))
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 asked thousands of times: it is fast
    while frame is not None:
        if is_own_name(frame.f_code.co_filename, folder):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def place(program: Path) -> str:
    """The same as the beginning of a message; "" where there is none."""
    call = own_call(program)
    return f"{call[0]}:{call[1]}: " if call else ""


def answered_or_refused(invoke: Callable[..., Any], program: Path) -> Callable[..., Any]:
    """A function in its plain form must have an answer: an unknown one would look like `None`."""

    def checked(tok: str, *arguments: Any, **options: Any) -> Any:
        result = invoke(tok, *arguments, **options)
        if not getattr(result, "is_known", True):
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", tok.rpartition(":")[2]).lower()
            raise pulumi.RunError(
                f"{place(program)}{tok} was called in its plain form, and no provider runs here to "
                "answer it: record its result in policy-pack.yaml (offline.functions), or call its "
                f"output form, {name}_output"
            )
        return result

    return checked


def beside(name: str) -> Any:
    """A module that lies beside this file, where no import of the program's finds it."""
    spec = importlib.util.spec_from_file_location(
        f"_apex_{name}", Path(__file__).with_name(f"{name}.py")
    )
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_program(program: Path) -> None:
    """The program's module code; a folder runs its `__main__.py`, with the folder importable."""
    runpy.run_path(str(program), run_name="__main__")


def report_end(program: Path, loop: asyncio.AbstractEventLoop) -> int:
    """The exit code of a program that has run to its end, and is to register nothing more."""
    end = beside("python_end")
    # Another thread knows of no monitor unless it is told in what context.
    context = contextvars.copy_context()
    end.refuse_resources(
        lambda: place(program), lambda message: context.copy().run(pulumi.log.error, message)
    )
    left = list(end.left_running(loop, lambda file: is_own(file, folder_of(program))))
    for message in left:
        pulumi.log.error(message)
    return 1 if left else 0


def unheard(*_: Any, **__: Any) -> None:
    """`pulumi.log.debug` of a monitor that keeps no such message."""


def configure(instructions: dict[str, Any], older: Any, placeholders: Any) -> None:
    """Tells the SDK where it is and what its config is."""
    config = instructions["config"]
    pulumi.runtime.set_all_config(placeholders.config(config), instructions["secret_keys"])
    # As the language host has it, for programs that read it themselves.
    os.environ["PULUMI_CONFIG"] = json.dumps(config)
    pulumi.runtime.configure(
        older.settings(
            {
                "monitor": instructions["monitor"],
                "engine": instructions["monitor"],
                "project": instructions["project"],
                "stack": instructions["stack"],
                "organization": "organization",
                "parallel": 16,
                "dry_run": True,
                "root_directory": instructions["root"],
            }
        )
    )
    # The SDK waits for each of thousands of them to be sent, and the monitor keeps none.
    pulumi.log.debug = unheard


def watch_outputs(
    instructions: dict[str, Any], is_own_file: Callable[[str], bool]
) -> tuple[Any, Any]:
    """Has the SDK remember what outputs are made of.

    Returns:
        Which of the program's functions are not run, and which booleans it guesses at.
    """
    assumed, functions = beside("python_assumed"), beside("python_functions")
    its = beside("python_booleans")
    booleans = its.Booleans(is_own_file, functions.as_provider_names)
    noting = assumed.noting(pulumi.Output.apply, booleans.put_into)
    members = functions.keep(instructions["secret_outputs"], noting)
    assumed.answering(booleans.put_into)
    parts = beside("python_known_parts")
    parts.keep(members)
    beside("python_policies").keep(parts)
    callbacks = beside("python_callbacks").Callbacks(functions.waited_for)
    assumed.keep(functions.calls, members, callbacks.failed, its.Boolean)
    callbacks.watch()
    return callbacks, booleans


def run(instructions: dict[str, Any]) -> int:
    """Runs the program and tells the monitor how it went."""
    program = Path(instructions["program"])
    older = beside("python_older_sdks")
    if older.is_too_old():
        sys.exit(f"the program's Pulumi SDK is too old to be run offline: {older.OLDEST} is needed")
    placeholders = beside("python_placeholders").Placeholders(
        instructions["config"], instructions["numbers"]
    )
    configure(instructions, older, placeholders)
    older.name_own_lines(lambda: own_call(program))
    pulumi.runtime.invoke = answered_or_refused(pulumi.runtime.invoke, program)
    beside("python_stacks").keep(lambda: place(program))
    teller = beside("python_secrets").tell(instructions["monitor"])
    errors = beside("python_errors")
    # Before what else is kept of an apply, so that each error is of the program's own call.
    errors.remember_calls(lambda: own_call(program))
    beside("python_results").tell(teller.ask)
    folder = str(folder_of(program))

    def is_own_file(name: str) -> bool:
        return is_own_name(name, folder)

    callbacks, booleans = watch_outputs(instructions, is_own_file)
    placeholders.answer()
    variables = beside("python_variables").Variables(
        instructions["withheld"], instructions["stood_in"], is_own_file
    )
    variables.watch()
    dry_run = beside("python_dry_run").Asked(is_own_file)
    dry_run.watch()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=64)
    loop.set_default_executor(executor)
    # A program that fails leaves futures behind, of which asyncio would complain one by one.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    os.chdir(folder_of(program))
    sys.argv = [str(program)]

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: run_program(program)))
    except SystemExit as leaving:
        pulumi.log.error(errors.leaving(leaving, is_own_file))
    except BaseException as error:  # noqa: BLE001 whatever it is, the user must see it
        say = errors.refused if isinstance(error, pulumi.RunError) else errors.own_traceback
        said = say(error, is_own_file).rstrip("\n")
        hints = errors.hints(error, variables, placeholders, is_own_file)
        pulumi.log.error("\n".join([said, *hints]))
    else:
        teller.ask("Notes", [*variables.notes(), *placeholders.notes(), *dry_run.notes()])
        teller.ask("Unrun", callbacks.unrun(loop))
        teller.ask("Guessed", booleans.asked())
        return report_end(program, loop)
    finally:
        executor.shutdown(wait=True)
        loop.close()
        teller.finish()
        sys.stdout.flush()
        sys.stderr.flush()
    return 1


def read_instructions() -> dict[str, Any]:
    """The line on standard input, which is then empty, as under the Pulumi CLI."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    instructions: dict[str, Any] = json.loads(line)
    return instructions


if __name__ == "__main__":
    sys.exit(run(read_instructions()))
