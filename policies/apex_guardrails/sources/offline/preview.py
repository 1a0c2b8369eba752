"""One offline preview: starts the program, answers it, and hands over what it registered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from apex_guardrails.model import Stack
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.credentials.addresses import without_passwords
from apex_guardrails.model.masks import Masks
from apex_guardrails.sources.offline.functions import Functions, RecordedAnswer
from apex_guardrails.sources.offline.go_programs import reading
from apex_guardrails.sources.offline.go_programs.files import GoProgram, modules_of
from apex_guardrails.sources.offline.go_programs.secret_forms import with_forms
from apex_guardrails.sources.offline.languages import launcher_of
from apex_guardrails.sources.offline.memory import MEGABYTE
from apex_guardrails.sources.offline.other_stacks import OtherStacks
from apex_guardrails.sources.offline.placeholders import Placeholders
from apex_guardrails.sources.offline.positions import Positions
from apex_guardrails.sources.offline.process import Starter, instructions, provider_config
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.sources.offline.running import Running
from apex_guardrails.sources.offline.stack_config import StackConfig
from apex_guardrails.support.child_processes import start_piped
from apex_guardrails.translation import equivalent

if TYPE_CHECKING:
    import grpc

    from apex_guardrails.sources.offline.monitor import Monitor
    from apex_guardrails.sources.offline.registered import ProviderProblem

_LONGEST_SHOWN: Final = 1000
"""Characters of a line that are shown."""


@dataclass(frozen=True)
class ProgramRun:
    """What came of running a program.

    Attributes:
        stack: everything it registered.
        problems: what the provider would refuse, or may not know.
        output: what it printed and logged, bounded.
        failure: why the program did not run to its end, in its own words; `None` if it did.
        notes: what a reader of the result should know.
    """

    stack: Stack
    problems: Sequence[ProviderProblem] = ()
    output: Sequence[str] = ()
    failure: str | None = None
    notes: Sequence[str] = ()


@dataclass
class OfflinePreview:
    """A program being run.

    Used in two steps, so that the caller can load its rules while the program imports its SDK:
    `start`, then `finish`.
    """

    project: Project
    stack_name: str
    config: StackConfig
    samples: Mapping[str, Any] = field(default_factory=dict)
    answers: Sequence[RecordedAnswer] = ()
    is_strict: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    memory_limit: int = 4096
    others: OtherStacks = field(default_factory=OtherStacks)
    beside: set[Path] = field(default_factory=set)
    starter: Starter = start_piped
    is_outdated: Callable[[], bool] | None = None
    _files: TemporaryDirectory[str] | None = None
    _child: Running | None = None
    _server: grpc.Server | None = None
    _monitor: Monitor | None = None
    _placeholders: Placeholders = field(default_factory=lambda: Placeholders({}))
    _secret_config: SecretConfig = field(default_factory=SecretConfig)
    _masks: Masks = field(default_factory=lambda: Masks(()))
    _in_go: GoProgram = field(default_factory=lambda: GoProgram([], frozenset()))

    def start(self) -> None:
        """Starts the program, and the monitor that it talks to.

        Raises:
            UsageError: its language is not one that can be run here, or it cannot be started.
        """
        command = launcher_of(self.project).command(self.project)
        self._in_go = GoProgram.of(self.project)
        config = with_forms(self.config, self._in_go)
        withheld = os.environ.keys() - self.variables.keys()
        self._placeholders = Placeholders.of(config, self.samples, withheld)
        self.variables = {**self.variables, **self._placeholders.variables}
        if self._placeholders.files:
            self._files = TemporaryDirectory(prefix="apex-esc-")
            self.variables |= _written(Path(self._files.name), self._placeholders.files)
        self._child = Running(
            command,
            self.project.root,
            {**self.variables, **reading.stood_in(self._in_go, self._placeholders.withheld)},
            starter=self.starter,
            is_outdated=self.is_outdated,
            memory=self.memory_limit * MEGABYTE,
        )
        try:
            self._serve()
        except BaseException:
            self.stop()
            raise

    def _serve(self) -> None:
        # Read when gRPC is imported, which else tells the user that the program has ended.
        os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
        # Imported only now, while the child imports its own SDK on the other core.
        from apex_guardrails.sources.offline.components import Components
        from apex_guardrails.sources.offline.monitor import Monitor
        from apex_guardrails.sources.offline.serving import started

        placeholders = self._placeholders
        self._secret_config = SecretConfig(placeholders.proofs)
        values = {**self.config.values, **placeholders.values}
        known = {**provider_config(self.variables), **values}
        stack = Stack(
            name=self.stack_name,
            project=self.project.name,
            config=known,
            config_places=self.config.places,
            secret_config=self._secret_config,
            equivalent=equivalent,
        )
        components = Components(
            self.project,
            self.variables,
            self.stack_name,
            values,
            sorted(self.config.secrets),
        )
        self._monitor = Monitor(
            stack,
            values,
            self.config.secrets,
            Functions(
                known,
                self.answers,
                seed=stack.urn,
                folder=self.project.main if self.project.main.is_dir() else self.project.root,
                is_strict=self.is_strict,
            ),
            Positions.of_project(self.project),
            others=self.others,
            provider_config=known,
            components=components,
        )
        self._server, address = started(self._monitor)
        components.monitor = address
        if self._child is not None:
            self._child.send(
                instructions(
                    self.project,
                    self.stack_name,
                    address,
                    values,
                    self.config.secrets,
                    numbers=placeholders.numbers,
                    withheld=os.environ.keys() - self.variables.keys(),
                    stood_in=placeholders.withheld,
                )
            )

    def finish(self, seconds: float) -> ProgramRun:
        """Waits for the program, at most some seconds, and says what came of it.

        Raises:
            OutdatedError: it has been changed meanwhile.
        """
        child, monitor = self._child, self._monitor
        if child is None or monitor is None:
            raise RuntimeError("finish() comes after start()")
        try:
            code = child.wait(seconds)
            granted = 0.0
            # The time that another stack takes is not the program's.
            while code is None and (waited := self.others.waited) > granted:
                code = child.wait(waited - granted)
                granted = waited
        finally:
            self.stop()
        registered = monitor.registered
        # Only now: what is marked after it was printed counts, too.
        self._masks = Masks(monitor.secret_texts().union(self._secret_config.values.values()))
        failure = child.unprepared
        if failure is not None:
            pass
        elif child.needed_too_much_memory:
            failure = (
                f"the program needed more than {self.memory_limit:,} MB of memory, and was ended "
                "(offline.memory_limit in policy-pack.yaml)"
            )
        elif code is None:
            failure = f"the program did not end within {seconds:g} seconds (--timeout)"
        elif registered.refused:
            failure = registered.refused[0]
        elif registered.errors:
            failure = "\n".join([*registered.errors, *_assumed(registered.stack)])
        elif code != 0 or not registered.is_complete:
            failure = _unexplained(code, child.errors)
        else:
            seen, withheld = monitor.positions.seen, self._placeholders.withheld
            reading.tell(self._in_go, registered, seen, self.variables, withheld)
        output = [*child.output, *(child.errors if failure is None else ()), *registered.messages]
        dropped = child.dropped_lines + registered.dropped_messages
        if dropped:
            output.append(f"... and {dropped:,} more lines")
        return ProgramRun(
            stack=registered.stack,
            problems=registered.problems,
            output=self._shown(output),
            failure=None if failure is None else "\n".join(self._shown([failure])).strip(),
            notes=[
                *self.config.notes,
                *self._notes(),
                *_about_stacks(registered.stack, self.others),
                *self._shown(registered.notes),
            ],
        )

    def read_elsewhere(self) -> tuple[Sequence[Path], Sequence[Path]]:
        """The files that the program was seen to load, and the folders that it is made of, too.

        They are wherever workspaces, modules and the programs of other stacks are.
        """
        files = self._monitor.registered.files if self._monitor else set()
        return [*map(Path, files)], [*modules_of(self.project), *self.beside]

    def stop(self) -> None:
        """Ends the program and the monitor, whatever they are doing."""
        self.others.stop()
        if self._child is not None:
            self._child.stop()
        if self._server is not None:
            self._server.stop(None)
        if self._monitor is not None:
            self._monitor.close()
        if self._files is not None:
            self._files.cleanup()

    def _shown(self, lines: Sequence[str]) -> list[str]:
        """Lines without secrets, which may go over several of them, and each cut to a length."""
        if not lines:
            return []
        text = self._masks.redact(self._secret_config.redact("\n".join(lines)))
        text = without_passwords(text)
        return [
            line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}..."
            for line in text.split("\n")
        ]

    def _notes(self) -> list[str]:
        prefix = f"{self.project.name}:"
        stood_in = sorted(key.removeprefix(prefix) for key in self.config.secrets)
        if not stood_in:
            return []
        return [f"placeholders stand in for the secret config {', '.join(stood_in)}"]


def _written(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The variables that name the files that ESC gives, once they are written."""
    paths = {name: folder / str(number) for number, name in enumerate(files)}
    for name, path in paths.items():
        path.write_text(files[name], encoding="utf-8")
    return {name: str(path) for name, path in paths.items()}


def _about_stacks(stack: Stack, others: OtherStacks) -> Iterator[str]:
    if others.previewed:
        names = ", ".join(sorted(others.previewed))
        yield f"the outputs of the stack {names} are those of its own preview"
    if stack.unknown_stacks:
        names = ", ".join(sorted(stack.unknown_stacks))
        yield (
            f"the outputs of the stack {names} are not known here; offline.stacks in the settings "
            "gives them, and so does the stack's own program in the same repository, if it runs"
        )


def _assumed(stack: Stack) -> list[str]:
    """What to say of a program that may have failed for what was assumed."""
    functions = sorted({answer.token for answer in stack.assumed})
    if not functions:
        return []
    names = ", ".join(functions)
    more = "record them in policy-pack.yaml (offline.functions)"
    return [f"the answers of {names} were assumed: if the program needs real ones, {more}"]


def _unexplained(code: int, errors: Sequence[str]) -> str:
    """What to say of a program that ended early and told the monitor nothing."""
    ended = f"was ended by signal {-code}" if code < 0 else f"exited with code {code}"
    tail = "\n".join(errors[-20:])
    return (
        f"{tail}\nthe program {ended} before it finished"
        if tail
        else (f"the program {ended} before it finished")
    )
