"""What the page says, in the order in which it says it; how that looks is the templates' matter."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from functools import partial
from typing import Any, Final

from apex_guardrails.controls import Result
from apex_guardrails.judgement.entries import Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import name_of, resource_label
from apex_guardrails.model.cost import dollars
from apex_guardrails.model.phrases import counted
from apex_guardrails.reports.review.costs import Cost, cases
from apex_guardrails.reports.review.evidence import Framework, by_result
from apex_guardrails.reports.review.findings import matrix, sections, service, waivers
from apex_guardrails.reports.review.network import tables
from apex_guardrails.reports.review.tree import branches
from apex_guardrails.support.text import one_line

_SENTENCES: Final = {
    Verdict.ALLOWED: "may be deployed",
    Verdict.REFUSED: "may not be deployed",
    Verdict.OVER_BUDGET: "costs more than it may",
    Verdict.INCOMPLETE: "was not evaluated completely",
    Verdict.PACK_FAILED: "was not evaluated completely: a rule failed",
}

_OF_A_STATE: Final = {Verdict.ALLOWED: "is in order", Verdict.REFUSED: "is not in order"}
"""What is deployed already can no longer be stopped."""

_CONTENTS: Final[Sequence[tuple[str, str]]] = (
    ("findings", "Findings"),
    ("waivers", "Waivers"),
    ("silence", "What was not evaluated"),
    ("controls", "Controls"),
    ("network", "Network"),
    ("resources", "Resources"),
    ("cost", "Cost"),
    ("rules", "Rules"),
    ("evidence", "Evidence"),
)
"""The sections, by the ids that links lead to."""


def about(document: Judgement) -> dict[str, Any]:
    """Everything that the templates read beside the document and its pictures."""
    rules = {rule.id: rule for rule in document.rules}
    said = {rule.id: rule.result for rule in document.rules}
    results = Counter(said.values())
    changes = sorted(document.cost_changes(), key=lambda item: -abs(item.added))
    verdict = _verdict(document)
    # As it is in the JSON, so that the tables hold whatever that does.
    network = document.model_dump(mode="json", include={"network"})["network"]
    return {
        "contents": [
            (name, title)
            for name, title in _CONTENTS
            if name != "network" or document.network is not None
        ],
        "network": list(tables(network or {})),
        "verdict": verdict,
        "summary": _rest(document.summary, document.stack, verdict),
        "source": document.source.what,
        "is_compared": any(item.is_new is not None for item in document.findings),
        "matrix": list(matrix(document.findings)),
        "sections": list(sections(document.findings, rules)),
        "services": sorted({service(item, rules) for item in document.findings}),
        "waivers": waivers(document.waived),
        "rules": list(by_result(document.rules)),
        "pages": document.pages(),
        "rule_results": results,
        "rule_counts": [(result, results[result]) for result in Result if results[result]],
        "anchors": {rule.id: f"rule-{number}" for number, rule in enumerate(document.rules, 1)},
        "frameworks": (covered := [Framework.of(item, said) for item in document.frameworks]),
        "unseen": sum(item.without_rule for item in covered),
        "deployed": sum(item.is_deployed for item in document.resources),
        "tree": branches(document),
        "cost": Cost.of(document.cost, document.budget) if document.cost else None,
        "changes": changes,
        "added": sum((item.added for item in changes), Decimal(0)),
        "digest": hashlib.sha256(
            "".join(f"{item.fingerprint}\n" for item in document.findings).encode()
        ).hexdigest(),
    }


def _verdict(document: Judgement) -> str:
    sentences = _SENTENCES | (_OF_A_STATE if document.source.is_deployed else {})
    return sentences.get(document.verdict) or document.reach.in_place_of_a_verdict


def _rest(summary: str, stack: str, verdict: str) -> str:
    """The summary without the verdict that stands above it."""
    for said in (verdict, verdict.removeprefix("was ")):
        rest = summary.removeprefix(f"{stack} {said}")
        if rest != summary:
            rest = rest.removeprefix(":").strip()
            return rest[1:-1] if rest.startswith("(") else rest
    return summary


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "brief": lambda text: one_line(text, 100),
    "many": lambda number: f"{number:,}",
    "of": counted,
    "money": dollars,
    "added": partial(dollars, signed=True),
    "cases": cases,
    "label": resource_label,
    "name_of": name_of,
    "plain": lambda amount: format(amount, "f"),
    "number": lambda control: control.id.partition(":")[2] or control.id,
    "slug": lambda result: result.replace(" ", "-"),
    "utc": lambda time: f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
}
