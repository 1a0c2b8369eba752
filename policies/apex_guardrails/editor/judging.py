"""Judges the program that a saved file belongs to, from a process that has its SDK imported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from apex_guardrails.editor.documents import on_disk
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.runs.preview import preview_offline
from apex_guardrails.settings import SETTINGS_FILE
from apex_guardrails.sources.offline.edits import ByHandError, program_file
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
        judged: what was in the files that are to be changed when they were judged.
        files: what it imported from outside its environment.
    """

    root: Path
    asked: int = 0
    is_running: bool = False
    result: RunResult | None = None
    judged: Mapping[Path, str] = field(default_factory=dict)
    files: Collection[Path] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of a save.

    Attributes:
        result: a judgement, or why there is none.
        seconds: how long it took.
        judged: as `Program` has it.
        files: likewise.
    """

    program: Program
    result: RunResult | ApexError
    seconds: float
    judged: Mapping[Path, str]
    files: Collection[Path]


class Judging:
    """The programs that files were saved of; one is judged at a time."""

    def __init__(
        self,
        stack: str | None,
        timeout: float,
        tell: Callable[[Outcome], None],
        opened: Callable[[], Collection[Path]],
    ) -> None:
        """Nothing is judged yet.

        Args:
            stack: the stack; the only one of a project, or dev, if left out.
            timeout: seconds that a program may take.
            tell: told of each outcome, in the event loop.
            opened: the files that the editor has open.
        """
        self.stack = stack
        self.programs: dict[Path, Program] = {}
        self._timeout = timeout
        self._tell = tell
        self._opened = opened
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._warm = WarmStart()
        self._under_way: OfflinePreview | None = None

    async def saved(self, programs: Collection[Program]) -> None:
        """Judges programs that a file was saved of, each again if that happens meanwhile."""
        for program in programs:
            program.asked += 1
            if not program.is_running:
                await self._judge(program)

    def close(self) -> None:
        """Ends what is under way."""
        if self._under_way is not None:
            self._under_way.stop()
        self._warm.close()
        self._worker.shutdown(wait=False, cancel_futures=True)

    def of(self, file: Path) -> list[Program]:
        """The program in a folder; else the programs that imported a file."""
        folder = folder_of(file)
        if folder is not None:
            root = folder.resolve()
            return [self.programs.setdefault(root, Program(root))]
        return [item for item in self.programs.values() if file.resolve() in item.files]

    async def _judge(self, program: Program) -> None:
        program.is_running = True
        try:
            outcome = None
            while outcome is None:
                asked = program.asked
                outcome = await asyncio.get_running_loop().run_in_executor(
                    self._worker, self._outcome, program, asked, self._opened()
                )
                if asked != program.asked:
                    outcome = None
        finally:
            program.is_running = False
        if isinstance(outcome.result, RunResult):
            program.result = outcome.result
            program.files = outcome.files
        program.judged = outcome.judged
        self._tell(outcome)

    def _outcome(self, program: Program, asked: int, opened: Collection[Path]) -> Outcome | None:
        """What comes of a program; `None` where it was saved again meanwhile."""
        start = time.perf_counter()
        before = {path: on_disk(path) for path in opened}

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
        return Outcome(
            program,
            result,
            time.perf_counter() - start,
            _judged(result, before) if isinstance(result, RunResult) else {},
            frozenset(Path(name).resolve() for name in self._warm.files),
        )

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


def _judged(result: RunResult, before: Mapping[Path, str | None]) -> dict[Path, str]:
    """The texts that places in a judgement are counted in.

    Args:
        result: the judgement.
        before: what was in open files as the program started; one that is another now is left out.
    """
    found: dict[Path, str] = {}
    names = {each.file for item in result.judgement.findings for each in item.replacements}
    for path in (result.root / name for name in names):
        try:
            # As it was read for the replacements, not as it is by now.
            text = program_file(str(path), result.root).content.decode("utf-8")
        except (ByHandError, UnicodeDecodeError):
            continue
        if before.get(path.resolve(), text) == text:
            found[path.resolve()] = text
    return found


def folder_of(file: Path) -> Path | None:
    """The folder of the nearest program above a file, as the file's path has it."""
    for folder in (*file.parents, *file.resolve().parents):
        if has_project(folder):
            return folder
    return None


def has_project(folder: Path) -> bool:
    """Whether a folder is a program's."""
    return any((folder / name).exists() for name in PROJECT_FILES)


def settings_of(program: Program) -> Path:
    """The settings file that counts for a program, or that would."""
    found = program.result.pipeline.settings.path if program.result else None
    return found or program.root / SETTINGS_FILE
