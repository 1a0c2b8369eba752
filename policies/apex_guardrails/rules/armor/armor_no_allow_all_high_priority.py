"""No Cloud Armor rule allows the whole internet ahead of the rules that deny."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from apex_guardrails.gcp.armor import (
    LETS_THROUGH,
    POLICIES,
    POLICY_RULES,
    admitted_by,
    rules_of,
    unknown_share,
)
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import (
    COMPUTE_ORGANIZATION_SECURITY_POLICY,
    COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE,
    NETWORKSECURITY_ADDRESS_GROUP,
)
from apex_guardrails.model import (
    UNKNOWN,
    Resource,
    Stack,
    UndecidedError,
    View,
    Violation,
    case,
    rule,
)

# "goto_next" is a firewall's word for the next policy.
DENIES_NOT = (*LETS_THROUGH, "goto_next")


@rule(
    severity="high",
    on=(
        *POLICIES,
        COMPUTE_ORGANIZATION_SECURITY_POLICY,
        *POLICY_RULES,
        COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE,
    ),
    scope="stack",
    fix="Give the rule a higher priority number than the rules that deny.",
    parameters=WideRanges,
)
def armor_no_allow_all_high_priority(stack: Stack, limits: WideRanges) -> Iterator[Violation]:
    """Rules after it are never evaluated."""
    policies = stack.of_type(*POLICIES, COMPUTE_ORGANIZATION_SECURITY_POLICY)
    yield from stack.each(policies, lambda policy: _check(policy, limits))


@dataclass(frozen=True)
class _Step:
    """A rule of a policy that is, or may be, in force.

    Attributes:
        priority: `None` where it is not known.
        unknown: the path of what is not known of its action, its priority and its being in force.
    """

    view: View
    action: object
    priority: float | None
    unknown: str

    def may_precede(self, other: "_Step") -> bool:
        """Whether it is looked at before another rule, as far as that is known."""
        if self.priority is None or other.priority is None:
            return self is not other
        return self.priority < other.priority


def _check(policy: Resource, limits: WideRanges) -> Iterator[Violation]:
    # Omitted: in force (Compute Engine API, securityPolicies.rules, 2026-11).
    steps = [_step(given) for given in rules_of(policy) if given.peek("preview") is not True]
    denying = [step for step in steps if step.action not in DENIES_NOT]
    unknown: UndecidedError | None = None
    for step in steps:
        later = [other for other in denying if step.may_precede(other)]
        if step.action not in (*LETS_THROUGH, UNKNOWN) or not later:
            continue
        whom = admitted_by(step.view, limits)
        is_certain = not step.unknown and any(not other.unknown for other in later)
        if whom.share and is_certain:
            text = f"lets {whom.share} through before other rules can deny it"
            yield step.view.fail(text, at="action")
        elif not whom.is_certainly_not_public:
            waits = [
                *_unknowns([step]),
                *([unknown_share(step.view, whom.unknown)] if whom.unknown else []),
                *_unknowns(later),
            ]
            unknown = unknown or waits[0]
    if policy.type.token in POLICIES and policy.peek("rules") is UNKNOWN:
        unknown = unknown or UndecidedError("rules", policy)
    if unknown is not None:
        raise unknown


def _unknowns(steps: Iterable[_Step]) -> Iterator[UndecidedError]:
    return (UndecidedError(step.unknown, step.view.resource) for step in steps if step.unknown)


def _step(given: View) -> _Step:
    values = {path: given.peek(path) for path in ("preview", "action", "priority")}
    missing = [given.at(path).path for path, value in values.items() if value is UNKNOWN]
    number = values["priority"]
    return _Step(
        given,
        values["action"] or "allow",
        None if number is UNKNOWN else float(number) if isinstance(number, int | float) else 0,
        missing[0] if missing else "",
    )


def _rule(action: Any, priority: Any, *sources: Any, **given: Any) -> Any:
    match = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": list(sources)}}
    return {"action": action, "priority": priority, "match": match, **given}


def _policy(*rules: Any) -> case.CaseResource:
    return case.resource(POLICIES[0], "policy", name="web", rules=list(rules))


def _apart(
    rule_: Any, token: str = POLICY_RULES[0], policy: Any = "web", **inputs: Any
) -> case.CaseResource:
    if policy is not None:
        inputs["securityPolicy"] = policy
    return case.resource(token, **inputs, **rule_)


def _when(expression: str) -> Any:
    return {"action": "allow", "priority": 10, "match": {"expr": {"expression": expression}}}


QUARTERS = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]
PACKETS = {"srcIpRanges": QUARTERS}

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
    case.passes(
        _policy({**ALL, "match": {"expr": {"expression": "origin.ip == '203.0.113.7'"}}}, DENY)
    ),
    case.passes(_policy(), case.resource(POLICIES[0], "none")),
    case.passes(_policy(DENY), _apart(ALL, policy="another")),
    # By an output of the one, whatever the other is called.
    case.passes(
        _policy(DENY),
        case.resource(POLICIES[0], "other", name="of-other"),
        _apart(ALL, policy=case.output_of("other", "web")),
    ),
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
    case.undecided(_policy(DENY), _apart(_when("x"))),
    case.undecided(case.resource(POLICIES[0], rules=case.UNKNOWN)),
    *(case.undecided(_policy(unknown, DENY)) for unknown in UNKNOWNS),
    *(case.undecided(_policy(DENY), _apart(unknown)) for unknown in UNKNOWNS),
    *(case.passes(_policy(unknown)) for unknown in UNKNOWNS),
    *(
        case.undecided(_policy(ALL, unknown))
        for unknown in (
            case.UNKNOWN,
            _rule(case.UNKNOWN, 1000, "*"),
            _rule("deny(403)", case.UNKNOWN, "*"),
            {**DENY, "preview": case.UNKNOWN},
        )
    ),
    # Where one of them is harmless, the others need not be known.
    case.passes(_policy(_rule("allow", case.UNKNOWN, "10.0.0.0/8"), DENY)),
    case.passes(_policy(_rule(case.UNKNOWN, 10, "10.0.0.0/8"), DENY)),
    case.passes(_policy(_rule("deny(403)", 10, case.UNKNOWN), _rule("allow", 20, "*"))),
    case.passes(_policy(_rule("allow", 2000, case.UNKNOWN), DENY)),
    case.passes(_policy({**_rule("allow", 10, case.UNKNOWN), "preview": True}, DENY)),
    case.fails(_policy(ALL, _rule("deny(403)", case.UNKNOWN, "*"), DENY)),
    # Together they are the internet, however they are split.
    case.fails(_policy(_rule("allow", 10, *QUARTERS), DENY)),
    case.fails(_policy(_rule("allow", 10, "8.0.0.0/7"), DENY)),
    case.passes(_policy(_rule("allow", 10, "8.0.0.0/7"), DENY), _parameters={"widest_ipv4": 7}),
    case.undecided(_policy(_rule("allow", 10, "office"), DENY)),
    *(
        case.fails(_policy(_when(expression), DENY))
        for expression in (
            "inIpRange(origin.ip, '0.0.0.0/0')",
            "inIpRange(origin.ip, '0.0.0.0/1') || inIpRange(origin.ip, \"128.0.0.0/1\")",
            "!inIpRange(origin.ip, '10.0.0.0/8')",
            "!inIpRange(origin.ip, '0.0.0.0/1')",
            "!inIpRange(origin.ip, '0.0.0.0/0')",
            "inIpRange(origin.ip, '0.0.0.0/0') && !inIpRange(origin.ip, '128.0.0.0/1')",
            "true && (inIpRange(origin.ip, '0.0.0.0/1') || request.headers['x-team'] == 'blue')",
            "true && (true || request.headers['x-team'] == 'blue')",
            "inIpRange(origin.ip, '0.0.0.0/0') && !inIpRange(origin.ip, '203.0.113.0/24')",
            "true && (false || true)",
            "1 == 1",
            "request.path.startsWith('/')",
            "origin.region_code.matches('.*')",
            "int(origin.asn) > 0",
            "origin.ip != '203.0.113.7'",
            "1 < 2",
            "request.path == request.path",
        )
    ),
    *(
        case.passes(_policy(_when(expression), DENY))
        for expression in (
            "inIpRange(origin.ip, '203.0.113.0/24')",
            "inIpRange(origin.ip, '0.0.0.0/1') && inIpRange(origin.ip, '128.0.0.0/1')",
            "origin.region_code == 'AU' && request.headers['x-team'] == 'blue'",
            "request.headers['cookie'].contains('exemption=a1b2')",
            "evaluatePreconfiguredExpr('sourceiplist-fastly')",
            "request.path == '/health'",
            "true && request.path.matches('/health')",
            "inIpRange(origin.ip, '0.0.0.0/1') && true && request.path == '/health'",
            "request.path.startsWith('/admin')",
            "'blue' == request.headers['x-team']",
            "request.headers[\"x-team\"] == 'blue'",
            "evaluatePreconfiguredWaf('sqli-v33-stable')",
            "2 < 1",
        )
    ),
    *(
        case.undecided(_policy(_when(expression), DENY))
        for expression in (
            "origin.region_code == 'AU'",
            "origin.region_code != 'AU'",
            "has(request.headers['user-agent'])",
            "true && has(request.headers['user-agent'])",
            "(inIpRange(origin.ip, '0.0.0.0/1') || origin.ip == '1.1.1.1' && x) && has(y)",
            "10 < int(origin.asn)",
            "origin.asn == 15169",
            "request.path == request.query",
            "request.path > '/a'",
            "request.path.contains('/admin')",
            "request.headers['x-team'] == ''",
            "request.headers['cookie'].contains('session')",
            "request.headers['cookie'].startsWith('session=a1b2')",
            "evaluateThreatIntelligence('iplist-public-clouds')",
            "origin.ip == 'office'",
            "!(origin.region_code == 'AU')",
            "!inIpRange(origin.ip, 'office')",
            "evaluateAddressGroup('a', origin.ip)",
            "evaluateAddressGroup('a', origin.ip, ['203.0.113.0/24'])",
            "!" * 200 + "true",
        )
    ),
    *(
        expected(
            _policy(_when(f"evaluate{of}AddressGroup('office', origin.ip)"), DENY),
            case.resource(NETWORKSECURITY_ADDRESS_GROUP, name=name, parent=parent, items=QUARTERS),
        )
        for expected, of, name, parent in (
            (case.fails, "", "office", "projects/p"),
            (case.fails, "Organization", "office", "organizations/7"),
            (case.undecided, "Organization", "office", "projects/p"),
            (case.undecided, "", "office", "organizations/7"),
            (case.undecided, "", "home", "projects/p"),
        )
    ),
    *(
        expected(
            _policy(_when(f"evaluateAddressGroup('all', origin.ip, [{left_out}])"), DENY),
            case.resource(
                NETWORKSECURITY_ADDRESS_GROUP, name="all", parent="projects/p", items=QUARTERS
            ),
        )
        for expected, left_out in (
            (case.fails, "'203.0.113.0/24'"),
            (case.passes, "'0.0.0.0/1', '128.0.0.0/1'"),
            (case.undecided, "'office'"),
        )
    ),
    # A network's policy is regional.
    *(
        expected(
            case.resource(
                POLICIES[1],
                rules=[{"action": "allow", "priority": 10, "networkMatch": packets}, DENY],
            )
        )
        for expected, packets in (
            (case.fails, PACKETS),
            (case.passes, {**PACKETS, "destPorts": ["443"]}),
            (case.passes, {"destPorts": ["443"]}),
            (case.undecided, {"srcRegionCodes": ["US"]}),
            (case.undecided, {**PACKETS, "srcAsns": [64500]}),
            (case.passes, {"srcIpRanges": ["10.0.0.0/8"], "srcAsns": [64500]}),
            (case.undecided, case.UNKNOWN),
            (case.passes, {"srcIpRanges": []}),
            (case.passes, {"srcIpRanges": ["10.0.0.0/8"]}),
        )
    ),
    case.fails(
        case.resource(COMPUTE_ORGANIZATION_SECURITY_POLICY, "policy"),
        _apart(
            ALL, COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE, None, policyId=case.output_of("policy")
        ),
        _apart(
            DENY, COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE, None, policyId=case.output_of("policy")
        ),
    ),
    case.passes(
        case.resource(COMPUTE_ORGANIZATION_SECURITY_POLICY, "policy"),
        _apart(
            ALL, COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE, None, policyId=case.output_of("policy")
        ),
        _apart(
            _rule("goto_next", 20, "*"),
            COMPUTE_ORGANIZATION_SECURITY_POLICY_RULE,
            None,
            policyId=case.output_of("policy"),
        ),
    ),
]
