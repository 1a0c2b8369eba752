"""The parts of a judgement: findings, rules, resources, frameworks, and what they rest on."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from apex_guardrails.controls import Result
from apex_guardrails.cost.document import Figures
from apex_guardrails.model import EnforcementLevel, Outcome, Severity, resource_label
from apex_guardrails.model.reach import NO_RULE, NOTHING
from apex_guardrails.settings import Direction, Kind
from apex_guardrails.support.errors import ExitCode


class Strict(BaseModel):
    """What has the keys that it says, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(enum.StrEnum):
    """What was decided."""

    ALLOWED = "allowed"
    NOTHING_EVALUATED = "nothing evaluated"
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


class Tool(Strict):
    """What evaluated the stack."""

    name: str = "apex"
    pack: str = Field(description="The policy pack's name.")
    version: str = Field(description="The pack's version, and that of the tool.")
    rules_sha256: str = Field(description="Of the sources of all rules.")


class SettingsFile(Strict):
    """The settings that counted; without a file, the pack's defaults."""

    file: str | None = Field(None, description="Seen from the repository's root.")
    sha256: str | None = None


class BaselineFile(Strict):
    """The record of what was wrong already."""

    file: str = Field(description="Seen from the repository's root.")
    sha256: str


class ChangeEntry(Strict):
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


class Position(Strict):
    """A line in the program."""

    file: str = Field(description="Seen from the repository's root, where it is below it.")
    line: int = Field(ge=0, description="Counted from 1.")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class ReachEntry(Strict):
    """What of the stack was evaluated; components and providers are not counted."""

    evaluated: int = Field(0, description="Resources that a rule in force is about.")
    not_evaluated: dict[str, dict[str, int]] = Field(
        {}, description="How many others there are, by provider and type; gcp is Google's."
    )
    not_run: dict[str, int] = Field(
        {}, description="How many components were not run, with all that they make, by type."
    )
    unrun: tuple[str, ...] = Field(
        (), description="Functions given to apply that were not run, and may make resources."
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
        return sum(sum(types.values()) for types in self.not_evaluated.values())

    @property
    def in_place_of_a_verdict(self) -> str:
        """What is said where nothing was evaluated."""
        return NO_RULE if self.not_evaluated or self.not_run or self.unrun else NOTHING


class ResourceEntry(Strict):
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


class AssumedEntry(Strict):
    """Calls of a function whose answer nobody knows: the program got stand-ins."""

    function: str = Field(description="Its token.")
    arguments: str = Field(description="As JSON.")
    calls: int = Field(ge=1, description="How often it was called with them.")


class WaiverEntry(Strict):
    """Who answers for a finding."""

    reason: str
    owner: str
    expires: date = Field(description="The last day on which it counts.")
    ticket: str | None = None
    days_left: int = Field(description="From the day of the judgement; 0 on the last one.")


class ReplacementEntry(Strict):
    """A text of the program, and what to write in its place; lines and columns from 1."""

    file: str = Field(description="Seen from the repository's root, where it is below it.")
    start_line: int = Field(ge=1)
    start_column: int = Field(ge=1, description="In characters.")
    end_line: int = Field(ge=1)
    end_column: int = Field(ge=1, description="That of the character behind the text.")
    inserted: str


class FindingEntry(Strict):
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
    occurrence: int = Field(
        1, ge=1, description="Which one it is of those with the same rule, resource and path."
    )
    fingerprint: str = Field(
        description="The same as long as rule, resource, outcome and path are; lines may move."
    )
    replacements: tuple[ReplacementEntry, ...] = Field(
        (), description="What to write in the program so that it is mended, where that is certain."
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


class RemediationEntry(Strict):
    """An input that is deployed otherwise than the program says, as settings ask for it."""

    rule: str = Field(description="The rule whose remedy it is.")
    urn: str
    path: str
    before: str = Field(description="What the program says.")
    after: str = Field(description="What is deployed through the engine with the pack.")
    position: Position | None = Field(None, description="Where the resource is registered.")

    @property
    def text(self) -> str:
        """The difference in one line."""
        return (
            f"{resource_label(self.urn)}: {self.path} is {self.after}, "
            f"and in the program {self.before}"
        )


class Counts(Strict):
    """Of how many resources a rule says what; a rule about the whole stack passes once."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
    waived: int = 0
    not_applicable: int = 0


class RuleEntry(Strict):
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


class ControlEntry(Strict):
    """A control of a framework. A rule that passes is evidence for it, and no proof."""

    id: str
    title: str
    result: Result
    unseen: str = Field("", description="Why no rule can see it in a program.")
    rules: tuple[str, ...] = ()


class FrameworkEntry(Strict):
    """A framework with each of its controls."""

    id: str
    name: str
    version: str
    source: str
    counts: dict[Result, int]
    controls: tuple[ControlEntry, ...]


class RuleErrorEntry(Strict):
    """A rule that raised, which is a defect of the pack."""

    rule: str
    urn: str
    error: str


class CostChange(Strict):
    """What one resource, or one fixed line, costs before and after."""

    change: str
    name: str
    type: str
    component: str
    before: Figures
    after: Figures
    unpriced: bool = False
    reasons: tuple[str, ...] = Field((), description="Why it costs another amount than before.")

    @property
    def added(self) -> Decimal:
        """US dollars a month that are expected to be added; negative for what is saved."""
        return self.after.expected - self.before.expected
