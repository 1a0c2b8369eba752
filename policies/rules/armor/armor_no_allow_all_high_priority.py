"""No Cloud Armor rule lets every address through before others can turn it away."""

from collections.abc import Iterator
from typing import Any

from policies.model import Complaint, Resource, Stack, UndecidedError, View, case, rule
from policies.model.google.armor import POLICIES, POLICY_RULES, rules_of
from policies.model.google.networks import is_world

# A rate limit lets through what stays below it, and that ends the evaluation, too (Cloud Armor
# documentation, "Rate limiting overview", 2026-11). The catalogue has "allow" alone.
LETS_THROUGH = ("allow", "throttle", "rate_based_ban")


@rule(
    severity="high",
    on=(*POLICIES, *POLICY_RULES),
    scope="stack",
    fix="Give the rule a higher number than those that deny.",
)
def armor_no_allow_all_high_priority(stack: Stack) -> Iterator[Complaint]:
    """The rules after it are never reached."""
    yield from stack.each(stack.of_type(*POLICIES), _check)


def _check(policy: Resource) -> Iterator[Complaint]:
    open_to_all: list[tuple[float, View]] = []
    denying: list[float] = []
    unknown: UndecidedError | None = None
    for given in rules_of(policy):
        try:
            # Omitted: in force (Compute Engine API, securityPolicies.rules, 2026-11).
            if given.get("preview", omitted=False) is True:
                continue
            priority = _number(given.get("priority"))
            if given.get("action", omitted="allow") not in LETS_THROUGH:
                denying.append(priority)
            elif _is_for_all(given):
                open_to_all.append((priority, given))
        except UndecidedError as undecided:
            unknown = undecided
    for priority, given in open_to_all:
        if any(priority < other for other in denying):
            yield given.fail("lets every address through before other rules can deny", at="action")
    if unknown is not None:
        raise unknown


def _number(priority: object) -> float:
    return float(priority) if isinstance(priority, int | float) else 0


def _is_for_all(given: View) -> bool:
    if str(given.get("match.expr.expression", omitted="")).strip() == "true":
        return True
    ranges = [source.get("") for source in given.each("match.config.srcIpRanges")]
    return any(source == "*" or is_world(source) for source in ranges)


def _rule(action: Any, priority: Any, *sources: Any, **given: Any) -> Any:
    match = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": list(sources)}}
    return {"action": action, "priority": priority, "match": match, **given}


def _policy(*rules: Any) -> case.CaseResource:
    return case.resource(POLICIES[0], "policy", name="web", rules=list(rules))


def _apart(rule_: Any, token: str = POLICY_RULES[0], policy: Any = "web") -> case.CaseResource:
    return case.resource(token, securityPolicy=policy, **rule_)


DENY = _rule("deny(403)", 1000, "203.0.113.0/24")
ALL = _rule("allow", 10, "*")
UNKNOWNS = (
    _rule(case.UNKNOWN, 10, "*"),
    _rule("allow", case.UNKNOWN, "*"),
    _rule("allow", 10, case.UNKNOWN),
    {**ALL, "match": {"config": {"srcIpRanges": case.UNKNOWN}}},
    {**ALL, "match": {"expr": {"expression": case.UNKNOWN}}},
    {**ALL, "preview": case.UNKNOWN},
)
CASES = [
    case.passes(_policy(DENY, _rule("allow", 2147483647, "*"))),
    case.passes(_policy(_rule("deny(403)", 10, "*"), _rule("allow", 10, "*"))),
    case.passes(_policy(_rule("allow", 10, "10.0.0.0/8"), DENY)),
    case.passes(_policy(ALL, _rule("allow", 20, "*"))),
    case.passes(_policy(ALL, {**DENY, "preview": True})),
    case.passes(_policy({**ALL, "preview": True}, DENY)),
    case.passes(_policy({"action": "allow", "priority": 1}, DENY)),
    case.passes(_policy({**ALL, "match": {"expr": {"expression": "origin.ip == '1'"}}}, DENY)),
    case.passes(_policy(), case.resource(POLICIES[0], "none")),
    case.passes(_policy(DENY), _apart(ALL, policy="another")),
    case.passes(_outputs={}),
    case.fails(_policy(ALL, DENY)),
    case.fails(_policy({**ALL, "preview": False}, DENY)),
    case.fails(_policy(ALL, _rule("redirect", 20, "203.0.113.0/24"))),
    case.fails(_policy(_rule("allow", 10, "10.0.0.0/8", "0.0.0.0/0"), DENY)),
    case.fails(_policy(_rule("throttle", 10, "*"), DENY)),
    case.fails(_policy(_rule("rate_based_ban", 10, "*"), DENY)),
    case.fails(_policy({**ALL, "match": {"expr": {"expression": " true "}}}, DENY)),
    case.fails(_policy(ALL, case.UNKNOWN, DENY)),
    case.fails(_policy({"match": ALL["match"]}, DENY)),
    case.fails(_policy(DENY), _apart(ALL)),
    case.fails(_policy(ALL), _apart(DENY)),
    case.passes(_policy(DENY), _apart({**ALL, "preview": True})),
    case.fails(_policy(), _apart(ALL), _apart(DENY, policy=case.output_of("policy"))),
    case.fails(
        case.resource(POLICIES[1], "policy", rules=[ALL]),
        _apart(DENY, POLICY_RULES[1], case.output_of("policy")),
    ),
    case.passes(_policy(), _apart({"match": {}}), _apart({"action": "allow", "match": {}})),
    case.passes(_policy(), _apart({"match": {"expr": {"expression": "x"}}})),
    case.undecided(case.resource(POLICIES[0], rules=case.UNKNOWN)),
    *(case.undecided(_policy(unknown)) for unknown in UNKNOWNS),
    *(case.undecided(_policy(), _apart(unknown)) for unknown in UNKNOWNS),
]
