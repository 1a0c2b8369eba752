"""The formats of a judgement: a new one is a module here, and its name in the settings."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from apex_guardrails import reports
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.settings import ReportFormat, ReportSettings
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import write_texts
from apex_guardrails.support.paths import leads_into


@dataclass(frozen=True)
class Format:
    """How a format is made, and what its files are called.

    Attributes:
        name: what settings and options call it.
        suffix: what a file's name ends with.
        render: the document in this format.
    """

    name: ReportFormat
    suffix: str
    render: Callable[[Judgement], str]


@cache
def formats() -> Mapping[ReportFormat, Format]:
    """Every format, in the settings' order: each is the `FORMAT` of a module beside this one."""
    names = (item.name for item in pkgutil.iter_modules(reports.__path__, f"{reports.__name__}."))
    modules = map(import_module, names)
    found = (vars(module).get("FORMAT") for module in modules)
    by_name = {item.name: item for item in found if isinstance(item, Format)}
    return {name: by_name[name] for name in ReportFormat}


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
            f"{folder}: is outside the project; reports.directory in the settings must be a "
            "folder in it"
        )
    return folder


def write_reports(document: Judgement, folder: Path, wanted: Iterable[ReportFormat]) -> list[Path]:
    """Writes a document in some formats into a folder; all of them, or none.

    The files' names hold project and stack, so that those of several stacks lie side by side.

    Returns:
        The files.

    Raises:
        UsageError: they cannot be written; what was there is there still.
    """
    stem = _safe(f"{document.project}.{document.stack}")
    texts = {
        folder / f"{stem}{formats()[name].suffix}": formats()[name].render(document)
        for name in dict.fromkeys(wanted)
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
