"""`apex preview --all`: the programs of a repository, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from apex_guardrails.cli.delivery import Delivery
from apex_guardrails.support.errors import ApexError, ExitCode, UsageError, worst

if TYPE_CHECKING:
    from apex_guardrails.judgement.pipeline import RunResult
    from apex_guardrails.runs.several import Judge


def preview_all(  # noqa: PLR0913 each is an option of its own
    root: Path,
    stack: str | None,
    judge: Judge,
    wanted: Delivery,
    deliver: Callable[[Delivery, RunResult], None],
    *,
    is_verbose: bool,
) -> ExitCode:
    """Judges every program below a folder; shows each, and at last all of them in one table.

    Args:
        root: the folder.
        stack: the only stack, of the projects that have it; else all that have a file.
        judge: judges one.
        wanted: where the reports go; each program has a folder of its own there.
        deliver: writes what is wanted of one.
        is_verbose: whether what is in order is listed, too.

    Returns:
        The worst exit code.

    Raises:
        UsageError: no program is there, or one report is wanted of several.
    """
    from apex_guardrails.reports import console
    from apex_guardrails.reports.terminal import Page, StandardOutput
    from apex_guardrails.runs.several import Several
    from apex_guardrails.sources.offline.projects import targets

    if wanted.formats and wanted.folder is None:
        raise UsageError("--format: --all needs --output-dir, the folder for the programs' reports")
    page = Page(StandardOutput())
    rows: list[tuple[str, str, str]] = []
    codes: list[ExitCode] = []
    for judged in Several(targets(root, stack), judge).judged():
        place = judged.target.folder.relative_to(root)
        result = judged.result
        if isinstance(result, ApexError):
            typer.echo(f"apex: {result}", err=True)
            codes.append(result.exit_code)
            said = f"not evaluated: {str(result).splitlines()[0]}"
            rows.append((str(place), judged.target.stack, said))
            continue
        judgement = result.judgement
        codes.append(ExitCode(judgement.exit_code))
        said = judgement.summary.removeprefix(f"{judgement.stack} ")
        rows.append((str(place), judged.target.stack, said))
        console.render(judgement, page.console, root=result.root, is_verbose=is_verbose)
        page.line()
        folder = None if wanted.folder is None else wanted.folder / place
        deliver(replace(wanted, folder=folder), result)
    _table(page.line, rows)
    return worst(codes)


def _table(line: Callable[[str], None], rows: Sequence[tuple[str, str, str]]) -> None:
    head = ("program", "stack", "")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in (0, 1)]
    for program, stack, said in (head, *rows):
        line(f"{program:<{widths[0]}}  {stack:<{widths[1]}}  {said}".rstrip())
