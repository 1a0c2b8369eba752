"""What is said of a finding where the mouse rests on it, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from apex_guardrails.judgement.entries import FindingEntry, RuleEntry
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.support.text import one_line

_MOST_CONTROLS: Final = 8


def hover(findings: Iterable[tuple[FindingEntry, Judgement]]) -> str:
    """All about some findings, each of its judgement."""
    parts = ("\n\n".join(_about(item, _rule(item, of))) for item, of in findings)
    return "\n\n---\n\n".join(parts)


def _rule(finding: FindingEntry, judgement: Judgement) -> RuleEntry | None:
    return next((rule for rule in judgement.rules if rule.id == finding.rule), None)


def _about(finding: FindingEntry, rule: RuleEntry | None) -> Iterator[str]:
    undecided = "undecided" if finding.is_undecided else "violation"
    yield f"**{_plain(finding.title)}** ({finding.severity} {undecided}, {finding.level})"
    yield f"{_plain(finding.resource)} {_plain(finding.message)}"
    if rule is not None and rule.why:
        yield f"Why: {_plain(rule.why)}"
    yield f"Fix: {_plain(finding.fix)}"
    if finding.controls:
        named, more = finding.controls[:_MOST_CONTROLS], len(finding.controls[_MOST_CONTROLS:])
        also = f" and {more} more" if more else ""
        yield f"Controls: {', '.join(map(_plain, named))}{also}"
    if finding.waiver is not None:
        waiver = finding.waiver
        yield (
            f"Waived by {_plain(waiver.owner)} until {waiver.expires.isoformat()}: "
            f"{_plain(waiver.reason)}"
        )
    yield f"Rule: `{finding.rule}`"


def _plain(text: str) -> str:
    """A text that is no Markdown, whatever a program calls its resources."""
    shown = one_line(text)
    return "".join(f"\\{letter}" if letter in r"\`*_[]<>" else letter for letter in shown)
