"""Runs a Python program again and again, each time in a copy of a process with its SDK imported.

Started by `warm.py` beside, with the number of a socket and the runner's path. A request is a byte
with the program's standard input, output and error; the answers are lines of JSON:

- `{"again": true}`: the environment has changed, and this process starts anew; ask again.
- `{"pid": 7}`: the program's process, whose group has the same number.
- `{"code": 0, "files": []}`: how it ended, and the files of its own that it imported.

A copy has all that was imported and nothing that was started: so nothing that starts a thread when
it is imported stays here, nor what prints, nor what may ask for the program's config.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import importlib.machinery
import importlib.util
import json
import os
import socket
import sys
import sysconfig
import tempfile
import threading
import traceback
from pathlib import Path
from types import FunctionType, ModuleType
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet

_LONGEST_ARGUMENT = 100_000
"""Characters; Linux lets an argument have 131,072 bytes."""

_ENVIRONMENTS = ("site-packages", "dist-packages")


def top_of(name: str) -> str:
    """The package that a module is in."""
    return name.partition(".")[0]


def files_of_modules() -> dict[str, str]:
    """The file of each module that has one; what is to be imported later stays so."""
    files = {}
    for name, module in list(sys.modules.items()):
        # The SDK's lazy modules would be imported by a look at them; a program may put in anything.
        kind: object = type(module)
        if kind is ModuleType:
            origin = getattr(vars(module).get("__spec__"), "origin", None)
            if isinstance(origin, str) and Path(origin).is_absolute():
                files[name] = origin
    return files


def is_installed(file: str) -> bool:
    """Whether a file is of an environment's packages."""
    return not set(_ENVIRONMENTS).isdisjoint(Path(file).parts)


def is_sdk(package: str) -> bool:
    """Whether a package is Pulumi's SDK or one of those that Pulumi generates for a provider."""
    return package == "pulumi" or (
        package.startswith("pulumi") and f"{package}._utilities" in sys.modules
    )


def uses_pulumi(module: ModuleType) -> bool:
    """Whether a module has anything of Pulumi's, and so may ask for config when it is imported."""
    for value in list(vars(module).values()):
        if isinstance(value, ModuleType):
            name = object.__getattribute__(value, "__dict__").get("__name__")
        elif isinstance(value, (type, FunctionType)):
            name = value.__module__
        else:
            continue
        if isinstance(name, str) and top_of(name).startswith("pulumi"):
            return True
    return False


def report(environment: Mapping[str, str], from_start: AbstractSet[str]) -> dict[str, Any]:
    """What a program has imported, as far as the next run may find it imported.

    Args:
        environment: the variables before it ran.
        from_start: the packages that its runner imports before it, which are fit.
    """
    files = files_of_modules()
    installed = [name for name, file in files.items() if is_installed(file)]
    others = {
        name for name in installed if top_of(name) not in from_start and not is_sdk(top_of(name))
    }
    # What a program changes in its environment, packages may ask for when they are imported.
    has_changed = dict(os.environ) != environment
    unfit = {top_of(name) for name in others if has_changed or uses_pulumi(sys.modules[name])}
    standard = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib")})
    own = (file for file in files.values() if not is_installed(file))
    return {
        "modules": [name for name in installed if top_of(name) not in unfit],
        "unfit": sorted(unfit),
        "folder": str(Path.cwd()),
        "arguments": sys.argv,
        "files": sorted(file for file in own if not file.startswith(standard)),
    }


def forget_hidden(program: Path, packages: Iterable[str]) -> None:
    """Forgets the packages that a program hides by modules of its own, as they come first."""
    if not program.is_dir():
        return
    for package in packages:
        spec = importlib.machinery.PathFinder.find_spec(package, [str(program)])
        if spec is not None and spec.loader is not None:
            for name in [name for name in sys.modules if top_of(name) == package]:
                del sys.modules[name]


def leave(run: Callable[[], int]) -> NoReturn:
    """Ends a copy with the exit code of what it runs, as Python ends a process.

    But nothing is taken apart that the system takes back anyhow: in a copy that is work, as each
    page has to be its own for it.
    """
    code: object = 1
    try:
        try:
            code = run()
        except SystemExit as leaving:
            code = leaving.code
        except BaseException:  # noqa: BLE001 as Python says what ends a process
            traceback.print_exc()
        # As Python does it: threads first, then what is registered for the end.
        end: Any = threading
        end._shutdown()  # noqa: SLF001 there is no other way
        atexit._run_exitfuncs()  # noqa: SLF001
        if code is not None and not isinstance(code, int):
            sys.stderr.write(f"{code}\n")
            code = 1
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        os._exit(code if isinstance(code, int) else 0)


class Zygote:
    """The process that is copied."""

    def __init__(self, control: socket.socket, runner: Path, before: Mapping[str, Any]) -> None:
        self._control = control
        self._runner = runner
        self._unfit = set(before.get("unfit", ()))
        self._last = dict(before)
        # What is printed here would be missing in what the program prints: see `_import`.
        self._quiet = tempfile.TemporaryFile()  # noqa: SIM115 open as long as the process
        for number in (1, 2):
            os.dup2(self._quiet.fileno(), number)
        spec = importlib.util.spec_from_file_location("_apex_runner", runner)
        if spec is None or spec.loader is None:
            raise ImportError(str(runner))
        self._program: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._program)
        self._from_start = {top_of(name) for name in sys.modules}
        self._printed = os.fstat(1).st_size

    def serve(self) -> int:
        """Answers requests, until nobody asks any more."""
        self._import()
        seen = self._environment()
        while True:
            request, descriptors, _, _ = socket.recv_fds(self._control, 1, 3)
            if not request:
                return 0
            if self._environment() != seen:
                for descriptor in descriptors:
                    os.close(descriptor)
                self._answer(again=True)
                self._start_again()
            with tempfile.TemporaryFile("w+") as told:
                pid = os.fork()
                if not pid:
                    leave(functools.partial(self._run, descriptors, told))
                for descriptor in descriptors:
                    os.close(descriptor)
                self._answer(pid=pid)
                _, status = os.waitpid(pid, 0)
                told.seek(0)
                # What ended early has told nothing.
                with contextlib.suppress(ValueError):
                    self._last = json.load(told)
            code = os.waitstatus_to_exitcode(status)
            self._answer(code=code, files=self._last.get("files", []))
            self._import()
            # What was imported before may have been changed since then.
            seen = {**self._environment(), **seen}

    def _answer(self, **values: Any) -> None:
        self._control.sendall(json.dumps(values).encode() + b"\n")

    def _run(self, descriptors: list[int], told: IO[str]) -> int:
        """The copy's part: the program, as its runner runs it."""
        os.setsid()
        self._control.close()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        # Python takes a file of the same second and size for the one that it has compiled.
        sys.dont_write_bytecode = True
        environment: dict[str, str] = {}
        run_program = self._program.run_program

        def run_after_a_look(program: Path) -> None:
            environment.update(os.environ)
            run_program(program)

        self._program.run_program = run_after_a_look
        try:
            instructions = self._program.read_instructions()
            tops = {top_of(name) for name in sys.modules} - self._from_start
            forget_hidden(Path(instructions["program"]), tops)
            code: int = self._program.run(instructions)
            return code
        finally:
            with contextlib.suppress(Exception):
                json.dump(report(environment, self._from_start), told)
                told.flush()

    def _import(self) -> None:
        """Imports what the last program imported, in the same order and surroundings."""
        self._unfit.update(self._last.get("unfit", ()))
        with contextlib.suppress(OSError):
            os.chdir(self._last.get("folder", "."))
        sys.argv = self._last.get("arguments", sys.argv)
        for name in self._last.get("modules", ()):
            if top_of(name) in self._unfit:
                continue
            # What cannot be imported the program has to say, where it imports it.
            with contextlib.suppress(BaseException):
                # Asked for something, as the SDK's lazy modules are imported by that.
                getattr(importlib.import_module(name), "any", None)
            if self._is_spoilt():
                self._unfit.add(top_of(name))
                self._start_again()
        # No copy has to look through it, and no page of it is written to.
        gc.collect()
        gc.freeze()

    def _is_spoilt(self) -> bool:
        """Whether what was imported last does more than to be there."""
        try:
            threads = len(list(Path("/proc/self/task").iterdir()))
        except OSError:
            threads = threading.active_count()
        return (
            threads > 1
            or os.fstat(1).st_size > self._printed
            or not self._unfit.isdisjoint(sys.modules)
        )

    def _environment(self) -> dict[str, int]:
        """When what is imported, and the folders of packages, were changed."""
        files = [file for file in files_of_modules().values() if is_installed(file)]
        folders = [folder for folder in sys.path if Path(folder).name in _ENVIRONMENTS]
        changed = {}
        for path in (*files, *folders):
            with contextlib.suppress(OSError):
                changed[path] = Path(path).stat().st_mtime_ns
        return changed

    def _start_again(self) -> None:
        state = json.dumps({**self._last, "unfit": sorted(self._unfit)})
        if len(state) > _LONGEST_ARGUMENT:
            state = json.dumps({"unfit": sorted(self._unfit)})
        os.set_inheritable(self._control.fileno(), True)  # noqa: FBT003 it takes no name
        arguments = [sys.executable, "-u", *_ARGUMENTS[:3], state]
        os.execv(sys.executable, arguments)  # noqa: S606 no shell is wanted


_ARGUMENTS = list(sys.argv)

if __name__ == "__main__":
    _, number, runner, *state = _ARGUMENTS
    before = json.loads(state[0]) if state else {}
    sys.exit(Zygote(socket.socket(fileno=int(number)), Path(runner), before).serve())
