"""Which line of which file a finding or a mistake is shown at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lsprotocol import types

from apex_guardrails.judgement.entries import FindingEntry
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import EnforcementLevel
from apex_guardrails.support.text import visible

SOURCE: Final = "apex"

_PLACE: Final = re.compile(r"(?P<file>[^\n:]+):(?P<line>\d+): (?P<text>.*)", re.DOTALL)

LinesOf = Callable[[Path], Sequence[str]]
"""The lines of a file as the editor has it."""


@dataclass(frozen=True)
class Shown:
    """A diagnostic, and the finding that it is about; none where it is of the program itself."""

    path: Path
    diagnostic: types.Diagnostic
    finding: FindingEntry | None = None


def of_judgement(judgement: Judgement, root: Path, project: Path, lines: LinesOf) -> list[Shown]:
    """What is shown of a judgement.

    Args:
        judgement: the judgement.
        root: what its paths are seen from.
        project: the project's file, where that stands which stands nowhere.
        lines: what files hold.
    """
    pages = judgement.pages()
    found = [_finding(item, root, project, lines, pages) for item in judgement.findings]
    errors = [
        shown
        for message in judgement.program_errors
        for shown in of_error(message, root, project, lines)
    ]
    return [*found, *errors]


def of_error(message: str, root: Path, at: Path, lines: LinesOf) -> Iterator[Shown]:
    """What is shown of an error: each of its lines at the place that it names, or all at a file."""
    found = [_placed(line, root, at) for line in message.splitlines()]
    # What does not begin with a place belongs to the line above it.
    if not all(found):
        found = [_placed(message, root, at) or (at, 1, message)]
    for path, line, text in filter(None, found):
        yield Shown(path, _error(text, line, lines(path)))


def _placed(text: str, root: Path, at: Path) -> tuple[Path, int, str] | None:
    """The file and the line that a text begins with, and what it says of them."""
    place = _PLACE.fullmatch(text)
    path = (root / place["file"]).resolve() if place else None
    if place is None or path is None or not (path == at or path.is_file()):
        return None
    return path, int(place["line"]), place["text"]


def by_file(shown: Sequence[Shown]) -> Mapping[Path, list[types.Diagnostic]]:
    """The diagnostics of each file."""
    files: defaultdict[Path, list[types.Diagnostic]] = defaultdict(list)
    for item in shown:
        files[item.path].append(item.diagnostic)
    return files


def _finding(
    finding: FindingEntry, root: Path, project: Path, lines: LinesOf, pages: Mapping[str, str]
) -> Shown:
    place = finding.place
    path = (root / place.file).resolve() if place else project
    page = pages.get(finding.rule)
    diagnostic = types.Diagnostic(
        range=_line(place.line if place else 1, lines(path)),
        severity=_severity(finding),
        code=finding.rule,
        code_description=types.CodeDescription(href=page) if page else None,
        source=SOURCE,
        message=visible(f"{finding.title}\n{finding.resource} {finding.message}{_held(finding)}"),
        data=finding.fingerprint,
    )
    return Shown(path, diagnostic, finding)


def _severity(finding: FindingEntry) -> types.DiagnosticSeverity:
    if finding.waiver is not None or finding.known_since is not None:
        return types.DiagnosticSeverity.Hint
    if finding.level is EnforcementLevel.MANDATORY:
        return types.DiagnosticSeverity.Error
    return types.DiagnosticSeverity.Warning


def _held(finding: FindingEntry) -> str:
    if finding.waiver is not None:
        return f" (waived by {finding.waiver.owner} until {finding.waiver.expires.isoformat()})"
    return " (in the baseline)" if finding.known_since is not None else ""


def _error(text: str, line: int, lines: Sequence[str]) -> types.Diagnostic:
    return types.Diagnostic(
        range=_line(line, lines),
        severity=types.DiagnosticSeverity.Error,
        source=SOURCE,
        message=visible(text),
    )


def _line(number: int, lines: Sequence[str]) -> types.Range:
    """A whole line, without the space around it; the last one where there are fewer."""
    at = max(0, min(number, len(lines)) - 1)
    text = lines[at].rstrip() if lines else ""
    start = len(text) - len(text.lstrip())
    return types.Range(types.Position(at, start), types.Position(at, len(text)))
