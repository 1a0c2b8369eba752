"""What to write in the program so that findings are mended: for `apex fix`, and for SARIF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from apex_guardrails.model import (
    Assignments,
    EnforcedRule,
    Finding,
    Outcome,
    Replacement,
    Resource,
    Stack,
)
from apex_guardrails.remedies import suggestion
from apex_guardrails.sources.offline.edits import (
    ByHandError,
    Edit,
    ProgramFile,
    apply,
    program_file,
    replacements,
)
from apex_guardrails.sources.offline.edits.nodes import Call


@dataclass(frozen=True)
class Left:
    """A finding that has a remedy, and must be mended by hand.

    Attributes:
        because: why, without its full stop.
    """

    finding: Finding
    because: str


@dataclass(frozen=True)
class Patch:
    """What is to be changed in a program.

    Attributes:
        files: what is in each file before and after, by its path.
        mended: the findings that are mended then.
        cautions: what a deployment of it does, by rule.
        left: what is to be mended by hand.
    """

    files: Mapping[str, tuple[bytes, bytes]]
    mended: Sequence[Finding]
    cautions: Mapping[str, str]
    left: Sequence[Left]


@dataclass
class _Change:
    """What one call of a program is to give the resource."""

    file: ProgramFile
    call: Call
    urn: str
    assignments: dict[str, object] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def edits(self) -> list[Edit]:
        return self.file.edits(self.call, self.urn, self.assignments)


def is_mendable(finding: Finding) -> bool:
    """Whether a finding's rule has a remedy, and the program is wrong for certain."""
    return finding.rule.remedy is not None and finding.outcome is Outcome.FAILS


def replacements_for(
    finding: Finding, stack: Stack, rules: Mapping[str, EnforcedRule], root: Path
) -> tuple[Replacement, ...]:
    """What to write in the program for one finding alone; nothing where that is not certain."""
    try:
        change = _change(finding, stack, rules, root)
        edits = change.edits()
    except ByHandError:
        return ()
    return replacements(change.file.path, change.file.content, edits)


def patch(
    findings: Iterable[Finding], stack: Stack, rules: Mapping[str, EnforcedRule], root: Path
) -> Patch:
    """What to write for all findings that have a remedy.

    Args:
        findings: those to be mended.
        stack: what they are about.
        rules: as they are in force, by their ids.
        root: the folder outside of which nothing is changed.
    """
    changes: dict[tuple[str, int], _Change] = {}
    left: list[Left] = []
    for finding in filter(is_mendable, findings):
        try:
            alone = _change(finding, stack, rules, root)
            change = changes.setdefault((alone.file.path, alone.call.start), alone)
            _add(change, finding, alone.assignments)
        except ByHandError as error:
            left.append(Left(finding, str(error)))
    edits: dict[str, list[Edit]] = {}
    mended: list[Finding] = []
    for change in changes.values():
        try:
            edits.setdefault(change.file.path, []).extend(change.edits())
        except ByHandError as error:
            left += [Left(finding, str(error)) for finding in change.findings]
        else:
            mended += change.findings
    contents = {change.file.path: change.file.content for change in changes.values()}
    cautions = {
        finding.rule.id: finding.rule.remedy.by_hand
        for finding in mended
        if finding.rule.remedy is not None and finding.rule.remedy.by_hand
    }
    return Patch(
        {path: (contents[path], apply(contents[path], found)) for path, found in edits.items()},
        mended,
        cautions,
        left,
    )


def _add(change: _Change, finding: Finding, assignments: Assignments) -> None:
    """Takes in what a finding asks for.

    Raises:
        ByHandError: the same call is to give another value already.
    """
    for path, value in assignments.items():
        if change.assignments.get(path, value) != value:
            raise ByHandError(f"the same line would have to set {path} to two values")
    change.assignments.update(assignments)
    change.findings.append(finding)


def _change(
    finding: Finding, stack: Stack, rules: Mapping[str, EnforcedRule], root: Path
) -> _Change:
    """What one finding alone asks for.

    Raises:
        ByHandError: it is not certain what or where that is.
    """
    assignments = _assignments(finding, stack, rules)
    if finding.position is None:
        raise ByHandError("it is not known which line makes it")
    file = program_file(finding.position.file, root)
    call = file.call(finding.position, finding.urn)
    return _Change(file, call, finding.urn, dict(assignments), [])


def _assignments(finding: Finding, stack: Stack, rules: Mapping[str, EnforcedRule]) -> Assignments:
    resource: Resource | None = stack.resources.get(finding.urn)
    enforced = rules.get(finding.rule.id)
    if resource is None or enforced is None:
        raise ByHandError("it is not known which resource it is")
    suggested = suggestion(enforced, finding, resource)
    if not suggested:
        raise ByHandError(suggested.because)
    return suggested.assignments
