"""Judges a program, and again whenever one of its files is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from apex_guardrails.judgement.model import Judgement
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.runs.watched_files import WatchedFiles
from apex_guardrails.settings import BASELINE_FILE, SETTINGS_VARIABLE
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.running import OutdatedError
from apex_guardrails.sources.offline.warm import WarmStart
from apex_guardrails.support.errors import OwnRulesError, UsageError


class Judge(Protocol):
    """Runs the program and judges it."""

    def __call__(self, *, starts: Callable[[OfflinePreview], None]) -> RunResult:
        """The result.

        Args:
            starts: told of the program before it is started.

        Raises:
            OutdatedError: the program was changed meanwhile.
            UsageError: a file is missing or not valid.
        """
        ...


@dataclass(frozen=True)
class Round:
    """One time that a program was judged.

    Attributes:
        time: when it was begun, by the clock on the wall.
        changed: the files that it is judged again for; none the first time.
        result: what it came to, or why nothing was judged.
        base: the last judgement of the whole stack, and when it was begun.
        seconds: that it took.
    """

    time: datetime
    changed: Sequence[Path]
    result: RunResult | UsageError | OwnRulesError
    base: tuple[Judgement, datetime] | None
    seconds: float


def watch(
    judge: Judge, program: Path, files: Sequence[Path] = (), written: Sequence[Path] = ()
) -> Generator[Round]:
    """Judges a program now, and whenever a file is saved that decides about it; never ends.

    Args:
        judge: what is done each time.
        program: the folder with the `Pulumi.yaml`.
        files: what counts besides the files in that folder.
        written: files and folders that we write.

    Raises:
        PackError: the pack fails its own cases, which no change of the program mends.
    """
    given = os.environ.get(SETTINGS_VARIABLE)
    watched = WatchedFiles(program, [*files, *([Path(given)] if given else [])], written)
    warm = WarmStart()
    base: tuple[Judgement, datetime] | None = None
    changed: list[Path] = []

    last: list[OfflinePreview] = []

    def starts(preview: OfflinePreview) -> None:
        last[:] = [preview]
        preview.starter, preview.is_outdated = warm, watched.is_outdated

    try:
        while True:
            now, start = datetime.now().astimezone(), time.perf_counter()
            try:
                result: RunResult | UsageError | OwnRulesError = judge(starts=starts)
                if warm.has_crashed:
                    # As a process of its own it may not.
                    warm.give_up()
                    result = judge(starts=starts)
            except OutdatedError:
                changed = sorted({*changed, *watched.wait()})
                continue
            except (UsageError, OwnRulesError) as error:
                result = error
            if isinstance(result, RunResult):
                # Before it is said that changes are waited for.
                files, folders = last[0].read_elsewhere() if last else ((), ())
                watched.add([*_read(result, warm), *files], _written(result), folders)
            yield Round(now, changed, result, base, time.perf_counter() - start)
            if isinstance(result, RunResult) and result.judgement.is_complete:
                base = result.judgement, now
            watched.after_run()
            changed = watched.wait()
    finally:
        warm.close()


def _read(result: RunResult, warm: WarmStart) -> Iterator[Path]:
    """The files that a judgement rests on, wherever they are."""
    yield from map(Path, warm.files)
    settings = result.pipeline.settings.path
    if settings is not None:
        yield settings
        yield settings.parent / BASELINE_FILE
        yield from result.pipeline.settings.profile_files
        for folder in result.pipeline.settings.own_rules:
            yield from (settings.parent / folder).rglob("*.py")


def _written(result: RunResult) -> Iterator[Path]:
    pipeline = result.pipeline
    directory = pipeline.settings.reports.directory
    if directory is not None and pipeline.project is not None:
        yield pipeline.project / directory
