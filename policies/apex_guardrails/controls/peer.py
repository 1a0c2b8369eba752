"""Other tools' checks, and what is ours: the rules about the same fact, or why there is none.

A file for each tool in `peers/` lists its checks. A rule's own file may name a check (`checkov:`,
`trivy:`); where the rules do not, the tool's file names the rules. `peers/covered.json` records
what was covered once: it grows by itself, and what is in it may not be lost.
"""

from __future__ import annotations

import enum
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import Field, StrictStr

from apex_guardrails.controls.files import Sourced, Strict
from apex_guardrails.model import Rule
from apex_guardrails.support.errors import PackError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import read_packaged

FOLDER: Final = Path(__file__).with_name("peers")
RECORD: Final = FOLDER / "covered.json"


class State(enum.StrEnum):
    """What is ours of a check."""

    COVERED = "covered"
    LEFT_OUT = "left out"
    OPEN = "open"


@dataclass(frozen=True)
class PeerCheck:
    """One check of another tool.

    Attributes:
        id: what the tool calls it.
        name: what else it is called; "" where the id says all.
        rules: ids of the rules about the same fact.
        why: the reason for having none; "" where nobody has given one.
    """

    id: str
    name: str
    rules: tuple[str, ...]
    why: str

    @property
    def state(self) -> State:
        """Whether a rule covers it."""
        if self.rules:
            return State.COVERED
        return State.LEFT_OUT if self.why else State.OPEN


@dataclass(frozen=True)
class Peer:
    """Another tool, with its checks for Google Cloud in its own order."""

    id: str
    name: str
    version: str
    source: str
    checks: Sequence[PeerCheck]

    @property
    def counts(self) -> Counter[State]:
        """How many of its checks are in each state."""
        return Counter(check.state for check in self.checks)

    @property
    def covered(self) -> AbstractSet[str]:
        """The checks that a rule covers."""
        return {check.id for check in self.checks if check.rules}


class _LeftOut(Strict):
    why: StrictStr
    checks: tuple[StrictStr, ...]


class _File(Sourced):
    checks: dict[StrictStr, StrictStr] | tuple[StrictStr, ...]
    rules: dict[StrictStr, tuple[StrictStr, ...]] = Field(default={})
    left_out: tuple[_LeftOut, ...] = ()


def peers(rules: Iterable[Rule], folder: Path = FOLDER) -> list[Peer]:
    """Every other tool, by its file's name.

    Args:
        rules: all that there are.
        folder: where the tools' files are.

    Raises:
        PackError: a file contradicts itself or a rule, or names a rule that there is not.
    """
    rules = list(rules)
    known = {rule.id for rule in rules}
    named: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        for control in rule.controls:
            named[control].append(rule.id)
    return [_peer(path, known, named) for path in sorted(folder.glob("*.yaml"))]


def _peer(path: Path, known: AbstractSet[str], named: Mapping[str, Sequence[str]]) -> Peer:
    file = read_packaged(path, _File)
    names = file.checks if isinstance(file.checks, dict) else dict.fromkeys(file.checks, "")
    why = {check: group.why for group in file.left_out for check in group.checks}
    checks = tuple(
        PeerCheck(
            check,
            name,
            (*named.get(f"{path.stem}:{check}", ()), *file.rules.get(check, ())),
            why.get(check, ""),
        )
        for check, name in names.items()
    )
    problems = [
        *(f"rules: there is no check {check}" for check in file.rules if check not in names),
        *(f"left_out: there is no check {check}" for check in why if check not in names),
        *(
            f"rules.{check}: there is no rule {rule}{nearest(rule, known)}"
            for check, rules in file.rules.items()
            for rule in rules
            if rule not in known
        ),
        *(
            f"left_out: {check.id} is covered by {', '.join(check.rules)}"
            for check in checks
            if check.why and check.rules
        ),
    ]
    if problems:
        raise PackError("\n".join(f"{path}: {problem}" for problem in problems))
    return Peer(path.stem, file.name, file.version, file.source, checks)


def recorded(path: Path = RECORD) -> Mapping[str, Sequence[str]]:
    """The checks that were covered once, by tool."""
    content: dict[str, list[str]] = json.loads(path.read_text("utf-8"))
    return content


def lost(found: Iterable[Peer], record: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What was covered once and is no longer: a sentence for each check.

    Args:
        found: the tools as they are now.
        record: what was covered.
    """
    covered = {peer.id: peer.covered for peer in found}
    for peer, checks in record.items():
        for check in checks:
            if check not in covered.get(peer, ()):
                yield f"{peer}: {check} was covered, and no rule is about it any more"


def grown(found: Iterable[Peer], record: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The record with what is covered now; nothing that was in it is left out."""
    return {peer.id: sorted(peer.covered | set(record.get(peer.id, ()))) for peer in found}
