"""The formats of a judgement: a new one is one file, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from apex_guardrails.judgement.document import Document
from apex_guardrails.reports import junit, markdown, review, sarif
from apex_guardrails.settings import ReportFormat, ReportSettings
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import write_texts
from apex_guardrails.support.paths import leads_into


@dataclass(frozen=True)
class Format:
    """How a format is made, and what its files are called.

    Attributes:
        suffix: what a file's name ends with.
        render: the document in this format.
    """

    suffix: str
    render: Callable[[Document], str]


FORMATS: Final[Mapping[ReportFormat, Format]] = {
    ReportFormat.JSON: Format(".json", Document.text),
    ReportFormat.SARIF: Format(".sarif", sarif.render),
    ReportFormat.JUNIT: Format(".junit.xml", junit.render),
    ReportFormat.MARKDOWN: Format(".md", markdown.render),
    ReportFormat.HTML: Format(".html", review.render),
}


def folder_in(project: Path, wanted: ReportSettings) -> Path | None:
    """The folder in a project that its settings name for reports; `None` where they name none.

    Raises:
        UsageError: it is a link to somewhere outside the project.
    """
    if wanted.directory is None:
        return None
    folder = project / wanted.directory
    if not leads_into(folder, project):
        raise UsageError(
            f"{folder}: leads out of the project; reports.directory in the settings must be a "
            "folder in it"
        )
    return folder


def write_reports(document: Document, folder: Path, formats: Iterable[ReportFormat]) -> list[Path]:
    """Writes a document in some formats into a folder; all of them, or none.

    The files' names hold project and stack, so that those of several stacks lie side by side.

    Returns:
        The files.

    Raises:
        UsageError: they cannot be written; what was there is there still.
    """
    stem = _safe(f"{document.project}.{document.stack}")
    texts = {
        folder / f"{stem}{FORMATS[name].suffix}": FORMATS[name].render(document)
        for name in dict.fromkeys(formats)
    }
    write_texts(texts)
    return list(texts)


def _safe(name: str) -> str:
    """A name that is a file's name everywhere; two that differ stay so."""
    safe = "".join(
        char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name
    )
    safe = safe.lstrip(".-")[:100]
    if safe and safe == name:
        return safe
    return f"{safe or 'stack'}-{sha256(name.encode()).hexdigest()[:8]}"
