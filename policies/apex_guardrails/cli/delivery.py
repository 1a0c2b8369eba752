"""Where a judgement goes: standard output, a file, a folder of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from apex_guardrails.judgement.model import Judgement
    from apex_guardrails.settings import ReportFormat

Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Such as json, sarif or html; several, with commas, for --output-dir.",
    ),
]
OutputFile = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file for a format.")
]
OutputFolder = Annotated[
    Path | None,
    typer.Option(
        "--output-dir",
        metavar="DIR",
        help="The folder for a file in each format, or in those of --format.",
    ),
]


@dataclass(frozen=True)
class Delivery:
    """What the options ask for.

    Attributes:
        formats: which formats.
        file: the one file, if it is one.
        folder: the folder for all files, if there is one.
    """

    formats: Sequence[ReportFormat]
    file: Path | None
    folder: Path | None

    @property
    def is_printed(self) -> bool:
        """Whether a format goes to standard output."""
        return bool(self.formats) and self.file is None and self.folder is None

    @property
    def is_anything(self) -> bool:
        """Whether there is anything to print or write."""
        return bool(self.formats) or self.folder is not None

    def deliver(self, judgement: Judgement) -> None:
        """Writes or prints a judgement.

        Raises:
            UsageError: it cannot be written; what was there is there still.
        """
        from apex_guardrails.reports.formats import formats, write_reports
        from apex_guardrails.support.files import write_text

        if self.folder is not None:
            write_reports(judgement, self.folder, self.formats or formats())
        elif self.formats:
            text = formats()[self.formats[0]].render(judgement)
            if self.file is not None:
                write_text(self.file, text)
            else:
                # A report is UTF-8, as it says itself, whatever a terminal's encoding is.
                typer.echo(text.encode(errors="backslashreplace"), nl=False)


def delivery(formats: list[str] | None, file: Path | None, folder: Path | None) -> Delivery:
    """What the options ask for; `console` among the formats stands for none.

    Raises:
        UsageError: they contradict each other, or name a format that there is not.
    """
    from apex_guardrails.support.errors import UsageError

    names = [name.strip() for item in formats or () for name in item.split(",")]
    chosen = [_format(name) for name in dict.fromkeys(names) if name != "console"]
    if file is not None and folder is not None:
        raise UsageError("--output and --output-dir: use only one of them")
    if len(chosen) > 1 and folder is None:
        raise UsageError("--format: several formats need --output-dir, the folder for their files")
    if file is not None and not chosen:
        raise UsageError(
            "--output: needs a --format such as sarif; for the console's output, use `> FILE`"
        )
    return Delivery(chosen, file, folder)


def _format(name: str) -> ReportFormat:
    from apex_guardrails.settings import ReportFormat
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.mistakes import nearest

    if name not in list(ReportFormat):
        known = ["console", *ReportFormat]
        hint = nearest(name, known) or f" (known: {', '.join(known)})"
        raise UsageError(f"--format {name}: there is no such format{hint}")
    return ReportFormat(name)
