"""Cloud Armor blocks the Log4j lookup exploit."""

import re
from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.armor import POLICIES, POLICY_RULES, rules_of
from apex_guardrails.model import Resource, Stack, UndecidedError, View, Violation, case, rule

# The rule set is cve-canary, and has a version and "stable" in its other names (Cloud Armor
# documentation, "Preconfigured WAF rules", 2026-11).
EXPLOITS = re.compile(r"evaluatePreconfigured(?:Waf|Expr)\(\s*['\"]cve-")

# With sensitivity 0 no signature is asked, but for those that are opted in (the same, "Tune").
OFF = re.compile(r"[^)]*['\"]sensitivity['\"]\s*:\s*0\s*\}")

# A rate limit lets through what stays below it ("Rate limiting overview").
LETS_THROUGH = ("allow", "throttle", "rate_based_ban")

TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|!=|\S")


@rule(
    severity="medium",
    on=(*POLICIES, *POLICY_RULES),
    scope="stack",
    controls=["checkov:CKV_GCP_73"],
    fix="Add a rule with evaluatePreconfiguredWaf('cve-canary') and action deny(403).",
)
def armor_log4j_rule(stack: Stack) -> Iterator[Violation]:
    """A single logged string can run an attacker's code."""
    yield from stack.each(stack.of_type(*POLICIES), _check)


def _check(policy: Resource) -> Iterator[Violation]:
    # Omitted: a policy for backends; only those look for exploits (Compute Engine API, 2026-11).
    if policy.get("type", omitted="CLOUD_ARMOR") != "CLOUD_ARMOR":
        return
    unknown: UndecidedError | None = None
    for given in rules_of(policy):
        try:
            if _blocks(given):
                return
        except UndecidedError as undecided:
            unknown = undecided
    if unknown is not None:
        raise unknown
    yield policy.fail("does not block Log4j exploits", at="rules")


def _blocks(given: View) -> bool:
    expression = str(given.get("match.expr.expression"))
    if not any(
        not _is_negated(expression[: found.start()]) and not OFF.match(expression, found.end())
        for found in EXPLOITS.finditer(expression)
    ):
        return False
    return given.get("action") not in LETS_THROUGH and not given.get("preview", omitted=False)


def _is_negated(before: str) -> bool:
    """Whether what follows a part of an expression is meant the other way round: all but it."""
    around: list[bool] = []
    negated = False
    for part in TOKEN.findall(before):
        if part == "(":
            around.append(negated)
        elif part == ")" and around:
            around.pop()
        negated = not negated if part == "!" else False
    return (sum(around) + negated) % 2 == 1


def _rule(expression: object = "evaluatePreconfiguredWaf('cve-canary')", **given: Any) -> Any:
    match = {"expr": {"expression": expression}}
    return {"action": "deny(403)", "priority": 1, "match": match, **given}


def _policy(*rules: Any, **inputs: Any) -> case.CaseResource:
    return case.resource(POLICIES[0], "policy", name="web", rules=list(rules), **inputs)


def _apart(policy: object = "web", **given: Any) -> case.CaseResource:
    return case.resource(POLICY_RULES[0], "rule", securityPolicy=policy, **_rule(**given))


XSS = _rule("evaluatePreconfiguredWaf('xss-v422-stable')")
CASES = [
    case.passes(_policy(XSS, _rule())),
    case.passes(_policy(_rule(preview=False), type="CLOUD_ARMOR")),
    case.passes(_policy(_rule("evaluatePreconfiguredExpr('cve-canary')"))),
    case.passes(_policy(_rule("a && evaluatePreconfiguredWaf( \"cve-v33-stable\", {'s': 1})"))),
    *(
        case.passes(_policy(_rule(expression)))
        for expression in (
            "!!evaluatePreconfiguredWaf('cve-canary')",
            "!(a || !evaluatePreconfiguredWaf('cve-canary'))",
            "!a && evaluatePreconfiguredWaf('cve-canary')",
            "!(a) && evaluatePreconfiguredWaf('cve-canary')",
            "a != '(!' && (evaluatePreconfiguredWaf('cve-canary', {'sensitivity': 1}))",
            'request.path != "!" && evaluatePreconfiguredWaf("cve-canary")',
            "!evaluatePreconfiguredWaf('cve-x') || evaluatePreconfiguredWaf('cve-canary')",
            "evaluatePreconfiguredWaf('cve-canary', {'sensitivity': 0, 'opt_in_rule_ids': ['x']})",
        )
    ),
    *(
        case.fails(_policy(_rule(expression)))
        for expression in (
            "!evaluatePreconfiguredWaf('cve-canary')",
            "! evaluatePreconfiguredExpr('cve-canary')",
            "!(evaluatePreconfiguredWaf('cve-canary') || a)",
            "a && !((b) || evaluatePreconfiguredWaf('cve-canary'))",
            "evaluatePreconfiguredWaf('cve-canary', {'sensitivity': 0})",
            'evaluatePreconfiguredWaf("cve-v33-stable", {"sensitivity" : 0 })',
        )
    ),
    case.passes(_policy(case.UNKNOWN, _rule())),
    case.passes(_policy(XSS), _apart()),
    case.passes(_policy(XSS), _apart(case.output_of("policy"))),
    case.passes(_policy(type="CLOUD_ARMOR_EDGE")),
    case.passes(
        case.resource(POLICIES[1], "policy", rules=[XSS]),
        case.resource(POLICY_RULES[1], securityPolicy=case.output_of("policy"), **_rule()),
    ),
    case.passes(_outputs={}),
    case.fails(_policy(XSS)),
    case.fails(_policy(_rule(action="allow"))),
    case.fails(_policy(_rule(action="throttle"))),
    case.fails(_policy(_rule(action="rate_based_ban"))),
    case.passes(_policy(_rule(action="redirect"))),
    case.fails(_policy(_rule("!evaluatePreconfiguredWaf('cve-canary')"))),
    case.fails(_policy(_rule("a && ! evaluatePreconfiguredWaf('cve-canary')"))),
    case.passes(_policy(_rule("!inIpRange(a, b) && evaluatePreconfiguredWaf('cve-canary')"))),
    case.fails(_policy(_rule(preview=True))),
    case.fails(_policy({"action": "deny(403)"})),
    case.fails(case.resource(POLICIES[0])),
    case.fails(case.resource(POLICIES[1])),
    case.fails(_policy(XSS), _apart("another")),
    case.fails(_policy(XSS), _apart(preview=True)),
    case.fails(_policy(case.UNKNOWN), case.resource(POLICIES[0], "bare")),
    case.passes(_policy({"match": {"expr": {"expression": "evaluatePreconfiguredWaf('cve-x"}}})),
    case.undecided(_policy(case.UNKNOWN)),
    case.undecided(case.resource(POLICIES[0], rules=case.UNKNOWN)),
    case.undecided(_policy(_rule(case.UNKNOWN))),
    case.undecided(_policy(_rule(action=case.UNKNOWN))),
    case.undecided(_policy(_rule(preview=case.UNKNOWN))),
    case.undecided(_policy(type=case.UNKNOWN)),
    *(
        case.undecided(_policy(), case.resource(POLICY_RULES[0], securityPolicy="web", **unknown))
        for unknown in (
            _rule(case.UNKNOWN),
            _rule(action=case.UNKNOWN),
            _rule(preview=case.UNKNOWN),
        )
    ),
    case.fails(_policy(), case.resource(POLICY_RULES[0], securityPolicy="web")),
    case.passes(
        _policy(),
        case.resource(POLICY_RULES[0], securityPolicy="web", match=_rule()["match"]),
    ),
]
