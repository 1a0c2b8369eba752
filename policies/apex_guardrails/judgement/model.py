"""The judgement of a stack: the one result of a run, which every report renders.

It is the same whatever the resources came from, it is written as JSON, and it can be read again. It
holds no inputs of resources but those that a remedy sets and those that decide the cost, and every
text that comes from the program is free of secret config values.
"""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import quote

from pydantic import AwareDatetime, Field, model_validator

from apex_guardrails.cost.difference import find_differences
from apex_guardrails.cost.document import CostDocument
from apex_guardrails.cost.usage import Figure
from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.judgement.entries import (
    AssumedEntry,
    BaselineFile,
    ChangeEntry,
    CostChange,
    FindingEntry,
    FrameworkEntry,
    ReachEntry,
    RemediationEntry,
    ResourceEntry,
    RuleEntry,
    RuleErrorEntry,
    SettingsFile,
    Strict,
    Tool,
    Verdict,
)
from apex_guardrails.network.document import NetworkDocument
from apex_guardrails.settings import RulePages
from apex_guardrails.support.text import json_text


class Judgement(Strict):
    """What was found in one stack, what counts of it, and what it rests on."""

    version: Literal[2] = 2
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
    reach: ReachEntry = Field(ReachEntry(), description="How many resources were evaluated.")
    is_complete: bool = Field(description="Whether everything the program would deploy was seen.")
    findings: tuple[FindingEntry, ...] = Field((), description="The worst first.")
    remediations: tuple[RemediationEntry, ...] = Field(
        (),
        description="What is deployed otherwise than the program says, through the engine with "
        "the pack; findings are about what is deployed.",
    )
    program_errors: tuple[str, ...] = ()
    rule_errors: tuple[RuleErrorEntry, ...] = ()
    notes: tuple[str, ...] = ()
    not_evaluated: tuple[str, ...] = Field(
        (), description="What a rule or Checkov could not look at, and why."
    )
    assumed: tuple[AssumedEntry, ...] = Field(
        (), description="Answers of functions that were assumed; to be recorded in settings."
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
    unpriced: int = Field(
        0, description="Resources with something that has no price and is in no total."
    )
    budget_figure: Literal["low", "expected", "high"] = Field(
        "expected", description="Which figure of the cost the budget is held against."
    )
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

    def compared_with(self, base: Judgement) -> Judgement:
        """The judgement that says what differs from an earlier judgement.

        It says of each finding whether it is new, and what changes the cost where both have one.
        """
        known = {item.fingerprint for item in base.findings}
        findings = tuple(
            item.model_copy(update={"is_new": item.fingerprint not in known})
            for item in self.findings
        )
        cost = self.cost
        if cost is not None and base.cost is not None:
            changes = tuple(item.entry() for item in find_differences(base.cost, cost))
            cost = cost.model_copy(update={"differences": changes})
        return self.model_copy(update={"findings": findings, "cost": cost})

    def text(self) -> str:
        """It as JSON; nothing but ASCII, so that no character in it drives a terminal."""
        return json_text(self.model_dump(mode="json"))
