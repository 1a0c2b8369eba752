"""No IAM access policy allows anything to everyone."""

from collections.abc import Iterator

from apex_guardrails.gcp.everybody import PUBLIC, everybody
from apex_guardrails.gcp.types import (
    IAM_FOLDER_ACCESS_POLICY,
    IAM_ORGANIZATION_ACCESS_POLICY,
    IAM_PROJECT_ACCESS_POLICY,
)
from apex_guardrails.model import Resource, View, Violation, case, rule
from apex_guardrails.model.case import Case

ACCESS_POLICIES = (
    IAM_PROJECT_ACCESS_POLICY,
    IAM_FOLDER_ACCESS_POLICY,
    IAM_ORGANIZATION_ACCESS_POLICY,
)


@rule(
    severity="critical",
    on=ACCESS_POLICIES,
    fix="Name a group: principalSet://goog/group/GROUP.",
)
def iam_access_policy_not_public(policy: Resource) -> Iterator[Violation]:
    """Everyone on the internet gets the permissions."""
    yield from policy.stack.each(policy.each("details.rules"), _entry)


def _entry(entry: View) -> Iterator[Violation]:
    for principal in entry.each("principals"):
        # A rule that denies is the better for it.
        if everybody(principal.get("")) and entry.get("effect") != "DENY":
            yield principal.fail(f"names {everybody(principal.get(''))}")


def _cases(token: str) -> Iterator[Case]:
    def policy(*rules: object) -> case.CaseResource:
        return case.resource(token, details={"rules": list(rules)})

    def allow(*principals: object, effect: object = "ALLOW") -> dict[str, object]:
        return {"principals": list(principals), "effect": effect}

    group = "principalSet://goog/group/a@example.org"
    for public in (*PUBLIC, "principalSet://goog/public:all"):
        yield case.fails(policy(allow(group, public)))
        yield case.fails(policy(allow(group), allow(case.UNKNOWN, public)))
    yield case.fails(policy({"principals": case.UNKNOWN}, allow(PUBLIC[0])))
    yield case.fails(policy({"principals": [PUBLIC[0]]}))
    yield case.passes(policy(allow(group)))
    yield case.passes(policy(allow(PUBLIC[0], effect="DENY")))
    yield case.passes(policy())
    yield case.passes(policy({}))
    yield case.passes(case.resource(token))
    yield case.undecided(policy(allow(PUBLIC[0], effect=case.UNKNOWN)))
    yield case.undecided(policy(allow(case.UNKNOWN)))
    yield case.undecided(policy({"principals": case.UNKNOWN}))
    yield case.undecided(case.resource(token, details={"rules": case.UNKNOWN}))


CASES = [example for token in ACCESS_POLICIES for example in _cases(token)]
