"""Nobody is granted the basic roles owner, editor or viewer."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import is_grant
from policies.model.value import from_json

BASIC = ("roles/owner", "roles/editor", "roles/viewer")
POLICIES = ("IAMPolicy", "IamPolicy")


@rule(
    severity="high",
    on=is_grant,
    controls=["checkov:CKV_GCP_115", "checkov:CKV_GCP_116", "checkov:CKV_GCP_117"],
    fix="Grant the narrow predefined role that the work needs, or a custom one.",
)
def iam_no_basic_roles(grant: Resource) -> Iterator[Complaint]:
    """A basic role carries thousands of permissions, in services that nobody thought of."""
    if grant.type.token.endswith(POLICIES):
        yield from _policy(grant)
    elif grant.get("role") in BASIC:
        yield grant.fail(f"grants the basic role {grant.get('role')}", at="role")


def _policy(grant: Resource) -> Iterator[Complaint]:
    text = grant.get("policyData", omitted="{}")
    try:
        bindings = from_json(text).get("bindings", ())
        granted = {binding.get("role") for binding in bindings}
    except (ValueError, AttributeError, TypeError):
        return  # not a policy: Google refuses it
    for role in sorted(granted.intersection(BASIC)):
        yield grant.fail(f"grants the basic role {role}", at="policyData")


MEMBER = "gcp:projects/iAMMember:IAMMember"
POLICY = "gcp:projects/iAMPolicy:IAMPolicy"
CASES = [
    case.passes(case.resource(MEMBER, role="roles/cloudsql.client")),
    case.passes(case.resource(MEMBER)),
    case.fails(case.resource(MEMBER, role="roles/owner")),
    case.fails(case.resource(MEMBER, role="roles/editor")),
    case.fails(case.resource("gcp:folder/iAMBinding:IAMBinding", role="roles/viewer")),
    case.fails(case.resource("gcp:organizations/iAMMember:IAMMember", role="roles/editor")),
    case.fails(case.resource("gcp:storage/bucketIAMMember:BucketIAMMember", role="roles/viewer")),
    case.undecided(case.resource(MEMBER, role=case.UNKNOWN)),
    case.passes(case.resource(POLICY, policyData='{"bindings": [{"role": "roles/run.viewer"}]}')),
    case.passes(case.resource(POLICY, policyData="not JSON")),
    case.passes(case.resource(POLICY, policyData="[]")),
    case.passes(case.resource(POLICY, policyData="[" * 100_000)),
    case.passes(case.resource(POLICY)),
    case.fails(case.resource(POLICY, policyData='{"bindings": [{"role": "roles/owner"}]}')),
    case.undecided(case.resource(POLICY, policyData=case.UNKNOWN)),
]
