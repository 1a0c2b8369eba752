"""What has changed since an earlier judgement of a stack: which findings are new, and gone."""

from __future__ import annotations

from rich.markup import escape

from apex_guardrails.judgement.entries import FindingEntry
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.console import Report
from apex_guardrails.support.text import one_line


def find_new(base: Judgement, judgement: Judgement) -> list[FindingEntry]:
    """The findings that nobody has answered for, and were not there."""
    known = {item.fingerprint for item in _open(base)}
    return [item for item in _open(judgement) if item.fingerprint not in known]


def find_gone(base: Judgement, judgement: Judgement) -> list[FindingEntry]:
    """Those that were there; of a part of a stack nobody knows."""
    if not judgement.is_complete:
        return []
    return find_new(judgement, base)


def render_since(base: Judgement, since: str, report: Report) -> None:
    """Shows what has changed, a finding in a line.

    Args:
        base: the earlier judgement.
        since: when that was.
        report: the judgement of now.
    """
    new, gone = find_new(base, report.judgement), find_gone(base, report.judgement)
    said = [f"{len(items):,} {word}" for items, word in ((new, "new"), (gone, "gone")) if items]
    if said or report.judgement.is_complete:
        report.page.line(f"since {since}: {', '.join(said) or 'the findings are the same'}")
    for item in new:
        where = f"{report.place(item.place)}: " if item.place else ""
        _line("[red]new[/]   ", f"{where}{_about(item)}", report)
    for item in gone:
        _line("[green]gone[/]  ", _about(item), report)


def _open(judgement: Judgement) -> list[FindingEntry]:
    return [*judgement.blocking, *judgement.advice]


def _about(finding: FindingEntry) -> str:
    return f"{finding.rule}: {finding.resource}: {finding.message}"


def _line(word: str, text: str, report: Report) -> None:
    report.page.line(f"  {word}{escape(one_line(text))}", markup=True)
