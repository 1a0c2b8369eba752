"""A judgement as a JSON document, from which every report that is a file is rendered.

It is the same document whatever the resources came from, and it can be read again. It holds no
inputs of resources, and every text that comes from the program is free of secret config values.
"""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from apex_guardrails.controls import Result
from apex_guardrails.cost.difference import differences
from apex_guardrails.cost.document import CostDocument, Figures
from apex_guardrails.cost.usage import Figure
from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.model import EnforcementLevel, Outcome, Severity, resource_label
from apex_guardrails.model.reach import NO_RULE, NOTHING
from apex_guardrails.network.document import NetworkDocument
from apex_guardrails.settings import Direction, Kind, RulePages
from apex_guardrails.support.errors import ExitCode, UsageError
from apex_guardrails.support.text import json_text
from apex_guardrails.support.yaml_files import read_model

LARGEST: Final = 256 * 1024 * 1024
"""Bytes; a document larger than this is none."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(enum.StrEnum):
    """What was decided."""

    ALLOWED = "allowed"
    NOTHING_JUDGED = "nothing judged"
    REFUSED = "refused"
    OVER_BUDGET = "over budget"
    INCOMPLETE = "incomplete"
    PACK_FAILED = "pack failed"


VERDICTS: Final = {
    ExitCode.OK: Verdict.ALLOWED,
    ExitCode.VIOLATION: Verdict.REFUSED,
    ExitCode.PROGRAM_FAILED: Verdict.INCOMPLETE,
    ExitCode.PACK_FAILED: Verdict.PACK_FAILED,
    ExitCode.OVER_BUDGET: Verdict.OVER_BUDGET,
}


class Tool(_Strict):
    """What judged."""

    name: str = "apex"
    pack: str = Field(description="The policy pack's name.")
    version: str = Field(description="The pack's version, and that of the tool.")
    rules_sha256: str = Field(description="Of the sources of all rules.")


class SettingsFile(_Strict):
    """The settings that counted; without a file, the pack's defaults."""

    file: str | None = Field(None, description="Seen from the repository's root.")
    sha256: str | None = None


class BaselineFile(_Strict):
    """The record of what was wrong already."""

    file: str = Field(description="Seen from the repository's root.")
    sha256: str


class ChangeEntry(_Strict):
    """Something that settings, or the options of the run, change of the pack's defaults."""

    kind: Kind
    setting: str = Field(description="A rule, rule.parameter, a key of the settings, or an option.")
    direction: Direction = Field(description="Whether it lets more pass, where that can be told.")
    default: str = Field(description="What it is without settings; long lists are cut.")
    value: str = Field(description="What it is; long lists are cut.")
    rule: str = Field("", description='The rule that it is about; "" for none.')
    severity: Severity | None = Field(None, description="That rule's.")
    is_off: bool = Field(False, description="Whether a rule is off that is on by default.")  # noqa: FBT003 the field's default

    @property
    def text(self) -> str:
        """The change in one line."""
        return f"{self.setting}: {self.value} (default {self.default})"


class Position(_Strict):
    """A line in the program."""

    file: str = Field(description="Seen from the repository's root, where it is below it.")
    line: int = Field(ge=0, description="Counted from 1.")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class ReachEntry(_Strict):
    """What of the stack was judged; components and providers are not counted."""

    judged: int = Field(0, description="Resources that a rule in force is about.")
    not_judged: dict[str, dict[str, int]] = Field(
        {}, description="How many others there are, by provider and type; gcp is Google's."
    )
    read: dict[str, int] = Field(
        {}, description="How many that exist already the program only reads, by type."
    )
    imported: tuple[str, ...] = Field(
        (), description="URNs of those that are taken over as they are, which is not known."
    )
    ignored: tuple[str, ...] = Field(
        (), description="URNs of those that a rule did not decide on because of ignore_changes."
    )

    @property
    def left_out(self) -> int:
        """How many resources no rule is about."""
        return sum(sum(types.values()) for types in self.not_judged.values())

    @property
    def in_place_of_a_verdict(self) -> str:
        """What is said where nothing was judged."""
        return NO_RULE if self.not_judged else NOTHING


class ResourceEntry(_Strict):
    """A resource, a component or a provider of the stack, without its inputs."""

    urn: str
    type: str
    name: str
    parent: str = Field("", description='The URN of what it belongs to; "" for none.')
    position: Position | None = None
    custom: bool = Field(description="False for components and the stack itself.")
    dependencies: tuple[str, ...] | None = Field(
        None, description="URNs of what it waits for; null where the source does not know."
    )

    @property
    def is_deployed(self) -> bool:
        """Whether it is something in the cloud: no component, no provider, not the stack."""
        return self.custom and not self.type.startswith("pulumi:")


class WaiverEntry(_Strict):
    """Who answers for a finding."""

    reason: str
    owner: str
    expires: date = Field(description="The last day on which it counts.")
    ticket: str | None = None
    days_left: int = Field(description="From the day of the judgement; 0 on the last one.")


class FindingEntry(_Strict):
    """A rule that does not pass on a resource."""

    rule: str
    title: str
    severity: Severity
    level: EnforcementLevel = Field(description="What it does to the deployment.")
    outcome: Outcome
    urn: str
    path: str = Field(description='The input at fault; "" where no single one is.')
    message: str
    fix: str
    position: Position | None = Field(None, description="Where the resource is registered.")
    property_position: Position | None = Field(None, description="Where the input is set.")
    controls: tuple[str, ...] = ()
    also: tuple[str, ...] = Field(
        (), description="Checks of other tools that find the same, such as checkov:CKV_GCP_60."
    )
    waiver: WaiverEntry | None = None
    known_since: date | None = Field(
        None, description="The day on which the baseline recorded it; null where it has not."
    )
    fingerprint: str = Field(
        description="The same as long as rule, resource, outcome and path are; lines may move."
    )
    is_new: bool | None = Field(
        None, description="Whether the judgement it was compared with lacks it; null without one."
    )

    @property
    def is_blocking(self) -> bool:
        """Whether it stops the deployment."""
        return self.level is EnforcementLevel.MANDATORY

    @property
    def is_undecided(self) -> bool:
        """Whether the rule needed a value that is not known before deployment."""
        return self.outcome is Outcome.UNDECIDED

    @property
    def place(self) -> Position | None:
        """The most exact line that is known."""
        return self.property_position or self.position

    @property
    def resource(self) -> str:
        """The resource's type and name, as people speak of it."""
        return resource_label(self.urn)


class Counts(_Strict):
    """Of how many resources a rule says what; a rule about the whole stack passes once."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
    waived: int = 0
    not_applicable: int = 0


class RuleEntry(_Strict):
    """A rule as it is in force on the stack, disabled ones too."""

    id: str
    title: str
    why: str
    fix: str
    service: str
    severity: Severity
    level: EnforcementLevel
    undecided: EnforcementLevel = Field(description="What it does where it cannot decide.")
    scope: Literal["resource", "stack"]
    controls: tuple[str, ...] = ()
    result: Result = Field(description="What matters most of what it says.")
    counts: Counts = Counts()

    @property
    def is_in_force(self) -> bool:
        """Whether it was asked."""
        return self.level is not EnforcementLevel.DISABLED


class ControlEntry(_Strict):
    """A control of a framework. A rule that passes is evidence for it, and no proof."""

    id: str
    title: str
    result: Result
    unseen: str = Field("", description="Why no rule can see it in a program.")
    rules: tuple[str, ...] = ()


class FrameworkEntry(_Strict):
    """A framework with each of its controls."""

    id: str
    name: str
    version: str
    source: str
    counts: dict[Result, int]
    controls: tuple[ControlEntry, ...]


class RuleErrorEntry(_Strict):
    """A rule that raised, which is a defect of the pack."""

    rule: str
    urn: str
    error: str


class CostChange(_Strict):
    """What one resource, or one fixed line, costs before and after."""

    change: str
    name: str
    type: str
    component: str
    before: Figures
    after: Figures
    unpriced: bool = False

    @property
    def added(self) -> Decimal:
        """US dollars a month that are expected to be added; negative for what is saved."""
        return self.after.expected - self.before.expected


class Document(_Strict):
    """A judgement of one stack."""

    version: Literal[1] = 1
    tool: Tool
    time: AwareDatetime
    project: str
    stack: str
    source: Source
    project_file: str | None = Field(
        None, description="The Pulumi.yaml, seen from the repository's root."
    )
    settings: SettingsFile = SettingsFile()
    baseline: BaselineFile | None = Field(
        None, description="The record that counted; null without one for the stack."
    )
    changes: tuple[ChangeEntry, ...] = Field(
        (), description="What settings and options change of the defaults; what loosens first."
    )
    loosened: tuple[str, ...] = Field(
        (), description="How many rules are off or milder by settings, how many of them critical."
    )
    verdict: Verdict
    exit_code: int
    summary: str = Field(description="The judgement in one line.")
    reach: ReachEntry = Field(ReachEntry(), description="How many resources were judged.")
    is_complete: bool = Field(description="Whether everything the program would deploy was seen.")
    findings: tuple[FindingEntry, ...] = Field((), description="The worst first.")
    program_errors: tuple[str, ...] = ()
    rule_errors: tuple[RuleErrorEntry, ...] = ()
    notes: tuple[str, ...] = ()
    not_judged: tuple[str, ...] = Field(
        (), description="What a rule or Checkov could not look at, and why."
    )
    output: tuple[str, ...] = Field((), description="What the program printed, by line.")
    rules: tuple[RuleEntry, ...] = ()
    rule_pages: RulePages | None = Field(
        None, description="Where the rules' pages are: an address with {rule} for the rule's id."
    )
    resources: tuple[ResourceEntry, ...] = Field((), description="By URN.")
    frameworks: tuple[FrameworkEntry, ...] = ()
    cost: CostDocument | None = None
    budget: Figure | None = Field(None, description="US dollars a month that it may cost.")
    network: NetworkDocument | None = Field(
        None, description="What may talk to what, and what is public."
    )

    @property
    def blocking(self) -> list[FindingEntry]:
        """What stops the deployment, the worst first."""
        return [item for item in self.findings if item.is_blocking]

    @property
    def advice(self) -> list[FindingEntry]:
        """What does not, and nobody has answered for yet."""
        return [
            item
            for item in self.findings
            if not item.is_blocking and item.waiver is None and item.known_since is None
        ]

    @property
    def waived(self) -> list[FindingEntry]:
        """What somebody answers for."""
        return [item for item in self.findings if item.waiver is not None]

    @property
    def known(self) -> list[FindingEntry]:
        """What the baseline has recorded."""
        return [item for item in self.findings if item.known_since is not None]

    @property
    def undecided(self) -> list[FindingEntry]:
        """What could not be decided before deployment."""
        return [item for item in self.findings if item.is_undecided]

    def pages(self) -> dict[str, str]:
        """The addresses of the rules' pages by id; none where it is not known where they are."""
        if self.rule_pages is None:
            return {}
        return {rule.id: self.rule_pages.replace("{rule}", quote(rule.id)) for rule in self.rules}

    def cost_changes(self) -> list[CostChange]:
        """What differs in cost from what it was compared with."""
        changes = self.cost.differences if self.cost else None
        return [CostChange.model_validate(item) for item in changes or ()]

    @model_validator(mode="after")
    def _changes_are_whole(self) -> Self:
        self.cost_changes()
        return self

    def compared_with(self, base: Document) -> Document:
        """The document that says what differs from an earlier judgement.

        It says of each finding whether it is new, and what changes the cost where both have one.
        """
        known = {item.fingerprint for item in base.findings}
        findings = tuple(
            item.model_copy(update={"is_new": item.fingerprint not in known})
            for item in self.findings
        )
        cost = self.cost
        if cost is not None and base.cost is not None:
            changes = tuple(item.entry() for item in differences(base.cost, cost))
            cost = cost.model_copy(update={"differences": changes})
        return self.model_copy(update={"findings": findings, "cost": cost})

    def text(self) -> str:
        """The document as JSON; nothing but ASCII, so that no character in it drives a terminal."""
        return json_text(self.model_dump(mode="json"))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Document.model_json_schema(mode="serialization"),
        "title": "apex report",
    }


def read_document(path: Path) -> Document:
    """A document that `--format json` wrote.

    Raises:
        UsageError: it cannot be read, or is something else.
    """
    if not path.exists():
        raise UsageError(f"{path}: the file does not exist")
    return read_model(path, Document, largest=LARGEST, written_by="apex preview --format json")
