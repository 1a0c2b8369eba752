"""Organization policies that protect are not switched off."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from apex_guardrails.gcp.org_policies import OLDER, constraint_of, is_older
from apex_guardrails.gcp.types import ORGPOLICY_POLICY
from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, rule
from apex_guardrails.model.value import is_true
from apex_guardrails.model.view import View


class Protecting(Parameters):
    """Which constraints protect."""

    constraints: Annotated[tuple[str, ...], Looser.LESS] = Field(
        (
            "compute.requireOsLogin",
            "compute.restrictLoadBalancerCreationForTypes",
            "compute.skipDefaultNetworkCreation",
            "compute.trustedImageProjects",
            "compute.vmExternalIpAccess",
            "iam.allowedPolicyMemberDomains",
            "iam.automaticIamGrantsForDefaultServiceAccounts",
            "iam.disableServiceAccountKeyCreation",
            "iam.disableServiceAccountKeyUpload",
            "run.allowedIngress",
            "sql.restrictAuthorizedNetworks",
            "sql.restrictPublicIp",
            "storage.publicAccessPrevention",
            "storage.uniformBucketLevelAccess",
        ),
        description="The constraints that no policy may lift; a managed one counts as its like.",
    )


@rule(
    severity="medium",
    on=(ORGPOLICY_POLICY, *OLDER),
    fix="Remove it, so that the organization's holds; or give it a condition on a tag that the "
    "exception alone has.",
    parameters=Protecting,
)
def iam_org_policy_not_off(policy: Resource, settings: Protecting) -> Iterator[Violation]:
    """What the organization forbids everywhere is allowed below, and nobody looks there again."""
    constraint = constraint_of(policy)
    if constraint not in settings.constraints:
        return
    if is_older(policy):
        yield from _older(policy, constraint)
        return
    if is_true(policy.get("spec.reset", omitted=False)):
        yield policy.fail(f"resets {constraint}", at="spec.reset")
    for entry in policy.each("spec.rules"):
        if not entry.is_set("condition.expression"):
            yield from _newer(entry, constraint)


def _newer(entry: View, constraint: str) -> Iterator[Violation]:
    if str(entry.get("enforce", omitted="TRUE")).upper() == "FALSE":
        yield entry.fail(f"switches {constraint} off", at="enforce")
    if is_true(entry.get("allowAll", omitted=False)):
        yield entry.fail(f"allows everything in {constraint}", at="allowAll")


def _older(policy: Resource, constraint: str) -> Iterator[Violation]:
    if policy.get("booleanPolicy.enforced", omitted=True) is False:
        yield policy.fail(f"switches {constraint} off", at="booleanPolicy.enforced")
    if policy.get("listPolicy.allow.all", omitted=False) is True:
        yield policy.fail(f"allows everything in {constraint}", at="listPolicy.allow.all")
    if policy.get("restorePolicy.default", omitted=False) is True:
        yield policy.fail(f"resets {constraint}", at="restorePolicy.default")


def _policy(*rules: Any, name: Any = "projects/p/policies/sql.restrictPublicIp") -> dict[str, Any]:
    return {"name": name, "parent": "projects/p", "spec": {"rules": list(rules)}}


def _old(**inputs: Any) -> dict[str, Any]:
    return {"constraint": "constraints/sql.restrictPublicIp", **inputs}


NAMES = (
    *("compute.requireOsLogin", "compute.restrictLoadBalancerCreationForTypes"),
    *("compute.skipDefaultNetworkCreation", "compute.trustedImageProjects"),
    *("compute.vmExternalIpAccess", "iam.allowedPolicyMemberDomains", "run.allowedIngress"),
    "iam.automaticIamGrantsForDefaultServiceAccounts",
    *("iam.disableServiceAccountKeyCreation", "sql.restrictAuthorizedNetworks"),
    *("storage.publicAccessPrevention", "storage.uniformBucketLevelAccess"),
)
CASES = [
    case.fails(**_policy({"enforce": "FALSE"})),
    case.passes(**_policy({"enforce": "TRUE"})),
    case.fails(**_policy({"allowAll": "TRUE"})),
    case.passes(**_policy({"allowAll": "FALSE"}, {"denyAll": "TRUE"})),
    case.fails(**_policy({"enforce": "TRUE"}, {"enforce": "false"})),
    case.fails(
        **_policy(
            {"enforce": "FALSE"},
            name="folders/1/policies/iam.managed.disableServiceAccountKeyUpload",
        )
    ),
    # For what has the tag alone.
    case.passes(
        **_policy(
            {"enforce": "FALSE", "condition": {"expression": "resource.matchTag('1/e', 'x')"}},
            {"enforce": "TRUE"},
        )
    ),
    case.fails(**_policy({"enforce": "FALSE", "condition": {"title": "t"}})),
    case.fails(name="projects/p/policies/sql.restrictPublicIp", spec={"reset": True}),
    case.passes(name="projects/p/policies/sql.restrictPublicIp", spec={"reset": False}),
    case.passes(**_policy({"enforce": "FALSE"}, name="projects/p/policies/gcp.resourceLocations")),
    case.fails(
        **_policy({"enforce": "FALSE"}, name="projects/p/policies/gcp.resourceLocations"),
        _parameters={"constraints": ["gcp.resourceLocations"]},
    ),
    case.passes(name="projects/p/policies/sql.restrictPublicIp"),
    *(case.fails(**_policy({"enforce": "FALSE"}, name=f"folders/1/policies/{it}")) for it in NAMES),
    case.passes(spec={"rules": [{"enforce": "FALSE"}]}),
    case.undecided(**_policy({"enforce": case.UNKNOWN})),
    case.undecided(**_policy({"allowAll": case.UNKNOWN})),
    case.undecided(**_policy({"enforce": "FALSE"}, name=case.UNKNOWN)),
    case.undecided(name="projects/p/policies/sql.restrictPublicIp", spec={"reset": case.UNKNOWN}),
    case.undecided(name="projects/p/policies/sql.restrictPublicIp", spec={"rules": case.UNKNOWN}),
    *(
        expected(case.CaseResource(token, inputs))
        for token in OLDER
        for expected, inputs in (
            (case.fails, _old(booleanPolicy={"enforced": False})),
            (case.passes, _old(booleanPolicy={"enforced": True})),
            (case.undecided, _old(booleanPolicy={"enforced": case.UNKNOWN})),
            (case.fails, _old(listPolicy={"allow": {"all": True}})),
            (case.passes, _old(listPolicy={"allow": {"all": False}})),
            (case.undecided, _old(listPolicy={"allow": {"all": case.UNKNOWN}})),
            (case.fails, _old(restorePolicy={"default": True})),
            (case.passes, _old(restorePolicy={"default": False})),
            (case.undecided, _old(restorePolicy={"default": case.UNKNOWN})),
            (case.passes, _old()),
            (case.passes, {"booleanPolicy": {"enforced": False}}),
            (case.undecided, {"constraint": case.UNKNOWN, "booleanPolicy": {"enforced": False}}),
        )
    ),
]
