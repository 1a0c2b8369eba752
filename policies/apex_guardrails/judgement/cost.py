"""The result of an estimate alone: what a stack costs, and where that is more than it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apex_guardrails.cost import StackCost
from apex_guardrails.cost.difference import Difference, find_differences
from apex_guardrails.cost.document import CostDocument
from apex_guardrails.decide import Evaluator
from apex_guardrails.judgement.circumstances import folder_of
from apex_guardrails.judgement.pipeline import Pipeline
from apex_guardrails.judgement.texts import Texts
from apex_guardrails.model import CostLimits, EnforcementLevel, Finding, Outcome, Stack
from apex_guardrails.pack.rules import prove
from apex_guardrails.settings import COST
from apex_guardrails.support.errors import ExitCode, PackError


@dataclass(frozen=True)
class CostReport:
    """What is shown of an estimate.

    Attributes:
        document: the estimate.
        cost: the same, as it was estimated.
        limits: what the stack may cost.
        findings: where it costs more, with the waivers applied.
        settings: the settings file and its hash.
        notes: what a reader should know.
        base: what it is compared with.
        differences: what differs from that.
    """

    document: CostDocument
    cost: StackCost
    limits: CostLimits
    findings: Sequence[Finding]
    settings: str
    notes: Sequence[str] = ()
    base: CostDocument | None = None
    differences: Sequence[Difference] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What `apex cost` ends with: a limit that is exceeded counts before one that may be."""
        blocking = [item for item in self.findings if item.level is EnforcementLevel.MANDATORY]
        if any(item.outcome is Outcome.FAILS for item in blocking):
            return ExitCode.OVER_BUDGET
        return ExitCode.VIOLATION if blocking else ExitCode.OK


def judge_cost(pipeline: Pipeline, stack: Stack, notes: Sequence[str]) -> CostReport:
    """What a whole stack costs, and where that is more than it may.

    Args:
        pipeline: what settings say of the stack.
        stack: what would be deployed.
        notes: what a reader should know.

    Raises:
        PackError: the pack fails its own cases, or a rule about cost raised.
    """
    estimated = pipeline.price(stack)
    about_cost = [item for item in pipeline.rules if item.rule.service == COST]
    evaluation = Evaluator(about_cost, prove).evaluate_stack(stack)
    if evaluation.errors:
        first = evaluation.errors[0]
        raise PackError(f"the rule {first.rule_id} raised:\n{first.error}")
    root = folder_of(pipeline.project, pipeline.settings)
    texts = Texts(stack.secret_config.redact, root)
    cost, base = estimated(), pipeline.costing.base
    now = texts.cost(cost, stack)
    return CostReport(
        now,
        cost,
        pipeline.costing.section.limits,
        [
            replace(pipeline.waivers.apply(item), urn=texts(item.urn))
            for item in evaluation.findings
        ],
        pipeline.settings.source,
        [*pipeline.own_prices(), *map(texts, notes)],
        base,
        [] if base is None else find_differences(base, now),
    )
