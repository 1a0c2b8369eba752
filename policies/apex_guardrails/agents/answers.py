"""What a judgement and an estimate are to an agent: their JSON without what only people read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from apex_guardrails.cost.document import CostDocument
from apex_guardrails.judgement.cost import CostReport
from apex_guardrails.judgement.entries import FindingEntry
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model.cost import dollars

_KEPT: Final = {
    *("project", "stack", "verdict", "exit_code", "summary", "is_complete", "settings"),
    *("baseline", "loosened", "findings", "program_errors", "rule_errors", "notes"),
    *("not_evaluated", "assumed", "reach", "remediations", "budget", "budget_figure", "unpriced"),
}
"""Keys of a judgement; resources, rules, frameworks, the network and what the program printed are
not among them."""

_BRIEFLY: Final = {"rule", "severity", "level", "urn", "path", "position", "property_position"}


def of_judgement(judgement: Judgement) -> dict[str, Any]:
    """The judgement under its own keys; of the cost the total alone."""
    answer = judgement.model_dump(mode="json", include=_KEPT)
    answer["cost"] = of_cost(judgement.cost)
    # First what an agent needs first: it may read no further.
    first = ("verdict", "summary", "exit_code", "is_complete", "findings")
    return {**{key: answer[key] for key in first}, **answer}


def of_findings(findings: Iterable[FindingEntry]) -> list[dict[str, Any]]:
    """Findings with all there is to know."""
    return [item.model_dump(mode="json") for item in findings]


def briefly(findings: Iterable[FindingEntry]) -> list[dict[str, Any]]:
    """Findings that need no more than their name."""
    return [item.model_dump(mode="json", include=_BRIEFLY) for item in findings]


def of_cost(document: CostDocument | None) -> dict[str, Any] | None:
    """The total in US dollars a month."""
    return None if document is None else document.monthly.model_dump(mode="json")


def of_estimate(report: CostReport) -> dict[str, Any]:
    """An estimate: the total, each resource that costs something or has no price, the limits."""
    document = report.document
    resources = sorted(document.resources, key=lambda item: -item.monthly.expected)
    return {
        "project": document.project,
        "stack": document.stack,
        "currency": document.currency,
        "monthly": of_cost(document),
        "exit_code": int(report.exit_code),
        "budget": None if report.limits.budget is None else dollars(report.limits.budget),
        "limits_exceeded": [f"{item.message} ({item.rule.id})" for item in report.findings],
        "resources": [
            {
                "urn": item.urn,
                "type": item.type,
                "monthly": item.monthly.model_dump(mode="json"),
                "unpriced": item.unpriced,
                "sizing": item.sizing,
            }
            for item in resources
            if item.unpriced or not item.monthly.amounts.is_zero
        ],
        "fixed": [item.model_dump(mode="json") for item in document.fixed],
        "free": len(document.free),
        "savings": [item.model_dump(mode="json") for item in document.savings],
        "differences": [item.entry() for item in report.differences]
        if report.base is not None
        else None,
        "assumes": document.assumes,
        "notes": report.notes,
        "settings": report.settings,
    }
