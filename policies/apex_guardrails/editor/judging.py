"""Judges the program that a saved file belongs to, from a process that has its SDK imported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.runs.preview import preview_offline
from apex_guardrails.settings import SETTINGS_FILE
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.project import DEFAULT_STACK, PROJECT_FILES, load_project
from apex_guardrails.sources.offline.running import OutdatedError
from apex_guardrails.sources.offline.warm import WarmStart
from apex_guardrails.support.errors import ApexError


@dataclass
class Program:
    """A project's folder, and what came of it last.

    Attributes:
        asked: how often it was saved.
        is_running: whether it is being judged.
        result: the last judgement; `None` before the first.
    """

    root: Path
    asked: int = 0
    is_running: bool = False
    result: RunResult | None = None
    files: set[Path] = field(default_factory=set)


@dataclass(frozen=True)
class Outcome:
    """What came of a save: a judgement, or why there is none, and the seconds that it took."""

    program: Program
    result: RunResult | ApexError
    seconds: float


class Judging:
    """The programs that files were saved of; one is judged at a time."""

    def __init__(self, stack: str | None, timeout: float, tell: Callable[[Outcome], None]) -> None:
        """Nothing is judged yet.

        Args:
            stack: the stack; the only one of a project, or dev, if left out.
            timeout: seconds that a program may take.
            tell: told of each outcome, in the event loop.
        """
        self.stack = stack
        self.programs: dict[Path, Program] = {}
        self._timeout = timeout
        self._tell = tell
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._warm = WarmStart()
        self._under_way: OfflinePreview | None = None

    async def saved(self, file: Path) -> None:
        """Judges the programs that a file is of, each again if it is saved meanwhile."""
        for program in self._of(file):
            program.asked += 1
            if not program.is_running:
                await self._judge(program)

    def close(self) -> None:
        """Ends what is under way."""
        if self._under_way is not None:
            self._under_way.stop()
        self._warm.close()
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _of(self, file: Path) -> list[Program]:
        """The nearest program above a file; else those that imported it."""
        for folder in file.resolve().parents:
            if any((folder / name).exists() for name in PROJECT_FILES):
                return [self.programs.setdefault(folder, Program(folder))]
        return [program for program in self.programs.values() if file in program.files]

    async def _judge(self, program: Program) -> None:
        program.is_running = True
        try:
            outcome = None
            while outcome is None:
                asked = program.asked
                outcome = await asyncio.get_running_loop().run_in_executor(
                    self._worker, self._outcome, program, asked
                )
                if asked != program.asked:
                    outcome = None
        finally:
            program.is_running = False
        if isinstance(outcome.result, RunResult):
            program.result = outcome.result
            program.files = {Path(name) for name in self._warm.files}
        self._tell(outcome)

    def _outcome(self, program: Program, asked: int) -> Outcome | None:
        """What comes of a program; `None` where it was saved again meanwhile."""
        start = time.perf_counter()

        def starts(preview: OfflinePreview) -> None:
            self._under_way = preview
            preview.starter = self._warm
            preview.is_outdated = lambda: program.asked != asked

        try:
            result: RunResult | ApexError = self._preview(program, starts)
            if self._warm.has_crashed:
                # As a process of its own it may not.
                self._warm.give_up()
                result = self._preview(program, starts)
        except OutdatedError:
            return None
        except ApexError as error:
            result = error
        return Outcome(program, result, time.perf_counter() - start)

    def _preview(self, program: Program, starts: Callable[[OfflinePreview], None]) -> RunResult:
        stacks = load_project(program.root).stacks()
        stack = self.stack or (stacks[0] if len(stacks) == 1 else DEFAULT_STACK)
        return preview_offline(
            program.root,
            stack,
            None,
            self._timeout,
            in_full=False,
            with_edits=True,
            starts=starts,
        )


def settings_of(program: Program) -> Path:
    """The settings file that counts for a program, or that would."""
    found = program.result.pipeline.settings.path if program.result else None
    return found or program.root / SETTINGS_FILE
