"""What the pack must say of each program in `examples/bad`: reads it, and writes it anew.

`make generated` writes the files; their diff is what a change of the rules changes for programs of
the kind that people write.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from apex_guardrails.judgement.entries import FindingEntry, Position
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import type_of
from apex_guardrails.runs.preview import preview_offline
from apex_guardrails.support.files import write_text

BAD = Path(__file__).parents[2] / "examples" / "bad"
PROGRAMS = sorted(path.parent for path in BAD.glob("*/Pulumi.yaml"))
EXPECTED = "expected.txt"
TIMEOUT_SECONDS = 120


def judge(program: Path) -> Judgement:
    """The judgement of a program on its stack dev."""
    return preview_offline(program, "dev", None, TIMEOUT_SECONDS, in_full=False).judgement


def text(judgement: Judgement) -> str:
    """The findings of a judgement, a line each below their resource, in the order of the program.

    Without messages and titles: those may be worded better at any time.
    """
    findings = sorted(judgement.findings, key=_order)
    lines = [
        line
        for urn, of_resource in groupby(findings, key=lambda finding: finding.urn)
        for line in _resource(urn, list(of_resource))
    ]
    return "\n".join(lines).lstrip("\n") + "\n"


def _resource(urn: str, findings: list[FindingEntry]) -> list[str]:
    name = urn.rpartition("::")[2]
    return ["", f"{type_of(urn)} {name}{_line(findings[0].position)}", *map(_finding, findings)]


def _finding(finding: FindingEntry) -> str:
    at = f" {finding.path}" if finding.path else ""
    line = _line(finding.property_position)
    return f"  {finding.level} {finding.outcome} {finding.rule}:{at}{line}".rstrip(":")


def _line(position: Position | None) -> str:
    return f", line {position.line}" if position else ""


def _order(finding: FindingEntry) -> tuple[int, str, bool, str, str]:
    """By resource, in the order of the program; what blocks first."""
    line = finding.position.line if finding.position else 0
    return (line, finding.urn, finding.level != "mandatory", finding.rule, finding.path)


def main() -> None:
    """Writes what the pack says now."""
    for program in PROGRAMS:
        write_text(program / EXPECTED, text(judge(program)))


if __name__ == "__main__":
    main()
