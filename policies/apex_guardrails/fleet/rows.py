"""What was found in one stack as rows of the tables, without the columns that every row has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

from apex_guardrails.controls import Result, RuleResult, frameworks
from apex_guardrails.cost import StackCost
from apex_guardrails.fleet.plan import Chosen
from apex_guardrails.fleet.states import StateObject
from apex_guardrails.judgement.making import Found
from apex_guardrails.judgement.texts import Texts
from apex_guardrails.judgement.verdict import Conclusion
from apex_guardrails.model import (
    EnforcementLevel,
    Finding,
    Outcome,
    Resource,
    Severity,
    Waiver,
    identities,
    name_of,
    type_of,
)

Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[str, list[Row]]
"""Rows by table, each with the values of the table's columns behind those that all have."""

_PLACES: Final = ("location", "region", "zone")
_CENT_PARTS: Final = Decimal("0.000001")
"""What a column of money holds at least."""

_SPEAKING: Final = frozenset(
    {Result.RULE_FAILED, Result.FAILS, Result.UNDECIDED, Result.WAIVED, Result.PASSES}
)
"""The results of rules that are evidence for or against a control."""

_SILENT: Final = frozenset({Result.DISABLED, Result.NOT_RUN})
"""The results of rules that did not run."""


def service_of_type(token: str) -> str:
    """The service of a type: `sql` of `gcp:sql/databaseInstance:DatabaseInstance`."""
    package, _, rest = token.partition(":")
    return rest.partition("/")[0].partition(":")[0] or package


def rows_of(  # noqa: PLR0913, PLR0917 each is a fact of its own
    found: Found,
    waivers: Sequence[Waiver],
    state: StateObject,
    chosen: Chosen,
    owners: tuple[str, str],
    day: date,
    now: datetime,
    seconds: float,
) -> Rows:
    """What was found in a stack.

    Args:
        found: the findings, and what rules and prices say.
        waivers: those that count on the stack.
        state: where it was.
        chosen: the settings that counted.
        owners: the owner, and what says so.
        day: of the run.
        now: when it was judged.
        seconds: of the processor that it took.
    """
    stack = found.stack
    texts = Texts(stack.secret_config.redact, Path())
    return {
        "findings": list(_findings(found.findings, texts)),
        "resources": list(_resources(found, texts)),
        "costs": list(_costs(found.cost, texts)) if found.cost else [],
        "controls": list(_controls(found)),
        "waivers": list(_waivers(waivers, found.findings, day)),
        "errors": [
            (state.address, "rule failed", f"{texts(it.urn)}: {it.error}", it.rule_id, 1)
            for it in found.errors
        ],
        "stacks": [_stack(found, texts, state, chosen, owners, now, seconds)],
    }


def error_rows(state: StateObject, kind: str, message: str, attempts: int = 1) -> Rows:
    """That a stack could not be judged."""
    return {"errors": [(state.address, kind, message, "", attempts)]}


def _status(finding: Finding) -> str:
    if finding.waiver is not None:
        return "waived"
    return "open" if finding.known_since is None else "known"


def _findings(findings: Sequence[Finding], texts: Texts) -> Iterator[Row]:
    for item, identity in zip(findings, identities(findings, texts), strict=True):
        urn = texts(item.urn)
        yield (
            *(item.rule.id, item.rule.service, item.rule.severity.value, item.level.value),
            *(item.outcome.value, _status(item), item.level is EnforcementLevel.MANDATORY),
            *(urn, type_of(urn), name_of(urn), texts(item.path), texts(item.message)),
            *(identity.occurrence, identity.fingerprint),
            *((item.waiver.expires, item.waiver.owner) if item.waiver else (None, "")),
            *(item.known_since, " ".join(item.also)),
        )


def _resources(found: Found, texts: Texts) -> Iterator[Row]:
    is_evaluated = found.stack.is_evaluated
    about = Counter(item.urn for item in found.findings)
    blocking = Counter(
        item.urn for item in found.findings if item.level is EnforcementLevel.MANDATORY
    )
    for resource in found.stack.deployed():
        urn, token = texts(resource.urn), texts(resource.type.token)
        same = resource.equivalent
        yield (
            *(urn, token, texts(resource.name), service_of_type(token)),
            *(texts(resource.parent), texts(_location(resource))),
            is_evaluated(resource.type) or (same is not None and is_evaluated(same.type)),
            *(about[resource.urn], blocking[resource.urn]),
        )


def _location(resource: Resource) -> str:
    given = resource.value
    if isinstance(given, Mapping):
        for key in _PLACES:
            value = given.get(key)
            if isinstance(value, str) and value:
                return value
    return ""


def _costs(cost: StackCost, texts: Texts) -> Iterator[Row]:
    for item in cost.estimates:
        monthly, token = item.monthly, texts(item.token)
        yield (
            *(texts(item.urn), token, texts(item.name), service_of_type(token), item.status.value),
            *map(money, (monthly.low, monthly.expected, monthly.high)),
            texts("; ".join(item.unpriced)),
        )
    for line in cost.fixed:
        figures = (line.monthly.low, line.monthly.expected, line.monthly.high)
        yield ("", "", texts(line.name), "fixed", "fixed", *map(money, figures), "")


def money(amount: Decimal) -> Decimal:
    """An amount as a column holds it."""
    return amount.quantize(_CENT_PARTS)


def _controls(found: Found) -> Iterator[Row]:
    said: dict[str, list[RuleResult]] = {}
    for item in found.said:
        if item.result in _SPEAKING:
            for control in item.rule.controls:
                said.setdefault(control, []).append(item)
    order, known = list(Result), frameworks()
    for control, items in said.items():
        framework, _, number = control.rpartition(":")
        # What other tools check is named in the same way, and is no framework.
        if framework not in known:
            continue
        yield (
            *(framework, number, min((it.result for it in items), key=order.index).value),
            *(sum(it.counts[Result.FAILS] for it in items), len(items)),
        )


def _waivers(waivers: Sequence[Waiver], findings: Sequence[Finding], day: date) -> Iterator[Row]:
    for waiver in waivers:
        covered = sum(waiver.covers(item.rule.id, item.urn) for item in findings)
        days = (waiver.expires - day).days
        state = "expired" if days < 0 else "used" if covered else "unused"
        yield (
            *(waiver.policy, waiver.resource, waiver.reason, waiver.owner),
            *(waiver.expires, days, waiver.ticket or "", covered, state),
        )


def _stack(  # noqa: PLR0913, PLR0917 each is a fact of its own
    found: Found,
    texts: Texts,
    state: StateObject,
    chosen: Chosen,
    owners: tuple[str, str],
    now: datetime,
    seconds: float,
) -> Row:
    conclusion = Conclusion.of(found)
    findings, settings = found.findings, chosen.settings
    open_ones = [item for item in findings if _status(item) == "open"]
    failing = Counter(it.rule.severity for it in open_ones if it.outcome is Outcome.FAILS)
    blocking = sum(item.level is EnforcementLevel.MANDATORY for item in findings)
    not_evaluated = sum(sum(types.values()) for types in found.reach.not_evaluated.values())
    monthly = found.cost.monthly if found.cost else None
    budget = found.stack.spending.limits.budget
    return (
        *(
            "organization" if state.project else "",
            state.address,
            state.size,
            state.modified,
            owners[1],
        ),
        *(chosen.which, str(settings.path or ""), settings.digest),
        *(conclusion.verdict.value, int(conclusion.exit_code), texts(conclusion.summary)),
        *(found.reach.evaluated + not_evaluated, found.reach.evaluated, not_evaluated),
        sum(item.level is not EnforcementLevel.DISABLED for item in found.rules),
        sum(item.result is Result.PASSES for item in found.said),
        # The pack's that did not run are few, and so are a team's own that did.
        " ".join(it.rule.id for it in found.said if it.result in _SILENT and not it.rule.file),
        " ".join(it.rule.id for it in found.said if it.result not in _SILENT and it.rule.file),
        blocking,
        sum(item.level is EnforcementLevel.ADVISORY for item in open_ones),
        sum(_status(item) == "waived" for item in findings),
        sum(_status(item) == "known" for item in findings),
        sum(item.outcome is Outcome.UNDECIDED for item in open_ones),
        *(failing[it] for it in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)),
        *(
            map(money, (monthly.low, monthly.expected, monthly.high))
            if monthly
            else (None, None, None)
        ),
        *(None if budget is None else money(budget), len(found.cost.unpriced) if found.cost else 0),
        *(now, seconds),
    )
