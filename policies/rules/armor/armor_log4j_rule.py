"""Cloud Armor blocks the Log4j look-up exploit."""

import re
from collections.abc import Iterator
from typing import Any

from policies.model import Complaint, Resource, Stack, UndecidedError, View, case, rule
from policies.model.google.armor import POLICIES, POLICY_RULES, rules_of

# The rule set is cve-canary, and has a version and "stable" in its other names (Cloud Armor
# documentation, "Preconfigured WAF rules", 2026-11).
# What is denied where it is not the exploit lets the exploit in.
EXPLOITS = re.compile(r"(?<!!)(?<!! )\bevaluatePreconfigured(Waf|Expr)\(\s*['\"]cve-")


@rule(
    severity="medium",
    on=(*POLICIES, *POLICY_RULES),
    scope="stack",
    controls=["checkov:CKV_GCP_73"],
    fix="Add a rule with evaluatePreconfiguredWaf('cve-canary') and action deny(403).",
)
def armor_log4j_rule(stack: Stack) -> Iterator[Complaint]:
    """One log line runs remote code."""
    yield from stack.each(stack.of_type(*POLICIES), _check)


def _check(policy: Resource) -> Iterator[Complaint]:
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
    yield policy.fail("does not block the exploits of Log4j", at="rules")


def _blocks(given: View) -> bool:
    if not EXPLOITS.search(str(given.get("match.expr.expression"))):
        return False
    return given.get("action") != "allow" and given.get("preview", omitted=False) is not True


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
