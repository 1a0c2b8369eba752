"""`policy-baseline.json`: what was wrong with a stack when its guardrails came, and may be still.

The file lies beside the settings and nowhere else, so that it is reviewed as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from apex_guardrails.model import (
    Day,
    EnforcementLevel,
    Finding,
    Identity,
    Rule,
    identities,
    name_of,
)
from apex_guardrails.settings.policy_pack import PolicyPackSettings, is_checkovs
from apex_guardrails.settings.waivers import Waivers
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import read_model

BASELINE_FILE: Final = "policy-baseline.json"

LARGEST: Final = 64 * 1024 * 1024
"""Bytes; some hundred thousand findings."""

COST: Final = "cost"
"""The service of the rules that no record is for: what a stack may cost, its settings say."""


class BaselineEntry(BaseModel):
    """One finding that was there already."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str = Field(description="The rule's id, or checkov:CKV_... for a check of Checkov's.")
    urn: str = Field(description="The resource.")
    path: str = Field("", description='The input at fault; "" where no single one is.')
    outcome: Literal["fails", "undecided"] = Field(
        "fails", description="Whether the rule could decide."
    )
    occurrence: Annotated[int, Field(ge=1)] = Field(
        1, description="Its number among those that are the same in all of the above."
    )
    since: Day = Field(description="The day on which it was recorded, such as 2027-01-31.")
    fingerprint: str = Field(description="The id of the finding in reports.")

    @property
    def identity(self) -> Identity:
        """What makes a finding the recorded one."""
        return Identity(self.rule, self.urn, self.outcome, self.path, self.occurrence)

    @classmethod
    def of(cls, identity: Identity, since: Day) -> Self:
        """The record of a finding."""
        return cls.model_validate(
            {**identity._asdict(), "since": since, "fingerprint": identity.fingerprint}
        )

    @model_validator(mode="after")
    def _says_what_it_covers(self) -> Self:
        """A reviewer reads rule and resource: the fingerprint may not be of another finding."""
        if self.fingerprint != self.identity.fingerprint:
            raise ValueError("the fingerprint does not match the finding described")
        return self

    def __str__(self) -> str:
        at = f" ({self.path})" if self.path else ""
        return f"{self.rule} on {name_of(self.urn)}{at}"


class BaselineContent(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = Field(description="The version of this file's format.")
    stacks: dict[str, tuple[BaselineEntry, ...]] = Field(
        description="By stack: the findings that it had already."
    )

    def with_stack(self, stack: str, entries: Iterable[BaselineEntry]) -> Self:
        """The content with other entries for a stack."""
        return self.model_copy(update={"stacks": {**self.stacks, stack: tuple(entries)}})

    def text(self) -> str:
        """The content as JSON: sorted, one finding a line, so that a diff shows findings.

        ASCII alone, so that no character in it misleads whoever reads the diff.
        """
        stacks = ",\n".join(
            f"    {json.dumps(stack)}: [{_lines(entries)}]"
            for stack, entries in sorted(self.stacks.items())
        )
        return f'{{\n  "version": 1,\n  "stacks": {{\n{stacks}\n  }}\n}}\n'


def _lines(entries: Iterable[BaselineEntry]) -> str:
    lines = ",\n      ".join(
        json.dumps(entry.model_dump(mode="json"))
        for entry in sorted(entries, key=lambda entry: entry.identity)
    )
    return f"\n      {lines}\n    " if lines else ""


_NOTHING: Final = BaselineContent(version=1, stacks={})


@dataclass(frozen=True)
class Record:
    """A baseline file as it was read.

    Attributes:
        path: where it is, or would be.
        content: what is in it; nothing where there is no file.
        digest: its SHA-256 in hexadecimal; "" where there is no file.
    """

    path: Path = Path(BASELINE_FILE)
    content: BaselineContent = _NOTHING
    digest: str = ""


def read_record(
    settings: PolicyPackSettings, project: Path | None, rules: Iterable[Rule]
) -> Record:
    """The baseline beside the settings or, where the pack's defaults count, beside `Pulumi.yaml`.

    Args:
        settings: those that count.
        project: the folder of the judged program, if it is known.
        rules: all that there are.

    Raises:
        UsageError: it is there and not valid.
    """
    folder = settings.path.parent if settings.path else project
    if folder is None:
        return Record()
    path = folder / BASELINE_FILE
    if not path.exists():
        return Record(path)
    content = read_model(path, BaselineContent, largest=LARGEST, written_by="apex baseline create")
    problems = list(_problems(content, {rule.id: rule for rule in rules}))
    if problems:
        raise UsageError("\n".join(f"{path}: {problem}" for problem in problems))
    return Record(path, content, hashlib.sha256(path.read_bytes()).hexdigest())


def _problems(content: BaselineContent, known: Mapping[str, Rule]) -> Iterator[str]:
    for stack, entries in content.stacks.items():
        counts = Counter(entry.rule for entry in entries)
        for rule_id, count in counts.items():
            where = f"stacks.{stack}: {rule_id}, {count} of its entries"
            rule = known.get(rule_id)
            if rule is None and not is_checkovs(rule_id):
                yield f"{where}: there is no such rule{nearest(rule_id, known)}; remove them"
            elif rule is not None and rule.service == COST:
                yield f"{where}: cost limits are set in the settings; remove them"
        seen: set[Identity] = set()
        for number, entry in enumerate(entries):
            if not entry.urn.startswith(f"urn:pulumi:{stack}::"):
                yield f"stacks.{stack}.{number}.urn: belongs to another stack; remove the entry"
            if entry.identity in seen:
                yield f"stacks.{stack}.{number}: is listed twice; remove one"
            seen.add(entry.identity)


class Baseline:
    """What is recorded of one stack, applied to what is found in it."""

    def __init__(
        self,
        record: Record | None = None,
        stack: str = "",
        counts: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Takes what counts in a run.

        Args:
            record: the file.
            stack: the stack's name.
            counts: whether a rule, by its id, is asked in this run.
        """
        self.record = record or Record()
        self.entries: Sequence[BaselineEntry] = self.record.content.stacks.get(stack, ())
        self._known = {entry.identity: entry for entry in self.entries}
        self._counts = counts
        self._used: set[Identity] = set()

    @property
    def source(self) -> str:
        """The file and the first digits of its SHA-256, for reports; "" where nothing counts."""
        if not self.entries:
            return ""
        return f"{self.record.path} (sha256 {self.record.digest[:12]})"

    def apply(
        self, findings: Iterable[Finding], waivers: Waivers, shown: Callable[[str], str]
    ) -> list[Finding]:
        """The findings, those that are recorded as advice with the day of their record.

        What a waiver covers, or did until it expired, is the waiver's matter alone.

        Args:
            findings: all of a stack, or all that some rules say of one resource.
            waivers: those that were applied to them.
            shown: makes a text fit to be shown, free of secrets.
        """
        findings = list(findings)
        if not self._known:
            return findings
        return [
            self._applied(finding, identity, waivers)
            for finding, identity in zip(findings, identities(findings, shown), strict=True)
        ]

    def _applied(self, finding: Finding, identity: Identity, waivers: Waivers) -> Finding:
        entry = self._known.get(identity)
        if entry is None or waivers.are_about(finding.rule.id, finding.urn):
            return finding
        self._used.add(identity)
        level = finding.level.at_most(EnforcementLevel.ADVISORY)
        return replace(finding, level=level, known_since=entry.since)

    def unused(self) -> list[BaselineEntry]:
        """Those that were not found so far, of the rules that were asked."""
        return [
            entry
            for entry in self.entries
            if entry.identity not in self._used and self._counts(entry.rule)
        ]

    def warnings(self, *, undecided: bool = True) -> list[str]:
        """What to tell whoever keeps the record, once a whole stack was judged.

        Args:
            undecided: whether what could not be decided offline would be found undecided again.
        """
        unused = [entry for entry in self.unused() if undecided or entry.outcome == "fails"]
        if not unused:
            return []
        first, more = unused[0], len(unused) - 1
        also = f" and {more} more" if more else ""
        said = f"the baseline records findings that no longer occur: {first}{also}"
        return [f"{said}; `apex baseline update` removes them"]
